-- A marker of an older citusbench has no part.
select workload, scale, seed, load_time_us, loaded, runs, coalesce(to_jsonb(m) ->> 'part', '')
from citusbench.marker m
