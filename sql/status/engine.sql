-- What a database is: Citus, foreign partitions, the copies that were asked for, and the workload.
select exists (select from pg_extension where extname = 'citus'),
    exists (select from pg_foreign_table join pg_class on pg_class.oid = ftrelid
        where relnamespace = to_regnamespace('citusbench')),
    coalesce(current_setting('citus.shard_replication_factor', true), '1'),
    to_regclass('citusbench.marker') is not null
