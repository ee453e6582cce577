select id, location, recorded_at
from citusbench.vehicle_locations
where region_code = $1::text and vehicle_id = $2::int4
order by recorded_at desc
limit 1
