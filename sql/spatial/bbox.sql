select id, vehicle_id, location, recorded_at
from citusbench.vehicle_locations
where st_within(location, st_makeenvelope($1::float8, $2::float8, $3::float8, $4::float8, 4326))
