select workload, scale, seed, load_time_us, loaded, runs from citusbench.marker
