-- A marker of an older citusbench has no part.
select workload, scale, seed, engine, replication, shards, load_time_us, loaded,
    coalesce(to_jsonb(m) ->> 'part', '')
from citusbench.marker m
