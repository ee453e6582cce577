select id, vehicle_id, location, recorded_at
from citusbench.vehicle_locations
where st_dwithin(location::geography, $1::geometry::geography, $2::float8)
