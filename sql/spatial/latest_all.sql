select distinct on (vehicle_id) vehicle_id, location, recorded_at
from citusbench.vehicle_locations
order by vehicle_id, recorded_at desc
