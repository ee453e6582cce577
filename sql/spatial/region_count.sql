select region_code, count(*)
from citusbench.vehicle_locations
group by region_code
