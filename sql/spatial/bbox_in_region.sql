select id, vehicle_id, location, recorded_at
from citusbench.vehicle_locations
where region_code = $1::text
  and st_within(location, st_makeenvelope($2::float8, $3::float8, $4::float8, $5::float8, 4326))
