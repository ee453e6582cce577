insert into citusbench.marker (workload, scale, seed, engine, replication, shards, load_time_us, version, part)
values ($1, $2, $3::bigint, $4, $5::int, $6::int, $7::bigint, $8, $9)
