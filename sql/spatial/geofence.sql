select id, vehicle_id, location, recorded_at
from citusbench.vehicle_locations
where st_within(location, $1::geometry)
