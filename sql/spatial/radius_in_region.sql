select id, vehicle_id, location, recorded_at
from citusbench.vehicle_locations
where region_code = $1::text
  and st_dwithin(location::geography, $2::geometry::geography, $3::float8)
