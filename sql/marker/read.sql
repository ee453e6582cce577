select workload, scale, seed, engine, replication, shards, load_time_us, loaded from citusbench.marker
