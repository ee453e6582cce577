create schema if not exists citusbench
