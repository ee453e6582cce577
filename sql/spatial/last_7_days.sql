select region_code, count(*)
from citusbench.vehicle_locations
where recorded_at > $1::timestamptz and recorded_at <= $2::timestamptz
group by region_code
