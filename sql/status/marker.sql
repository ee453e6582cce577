select workload, scale, replication from citusbench.marker
