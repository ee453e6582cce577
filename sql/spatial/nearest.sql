-- Nearest in degrees, as in the demo: GiST(location) gives rows in this order, in both schemas.
select id, vehicle_id, location, recorded_at
from citusbench.vehicle_locations
where region_code = $1::text
order by location <-> $2::geometry
limit 10
