drop schema if exists citusbench cascade
