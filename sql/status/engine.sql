-- What a database is: PostgreSQL's version, that of Citus or null, into how many foreign partitions the
-- workload's tables are cut (0: none), whether the workload's schema is there, and whether foreign servers are
-- those of a cluster that citusbench made (whose tables may be gone).
select current_setting('server_version'),
    (select extversion from pg_extension where extname = 'citus'),
    (select coalesce(max(partitions), 0)
        from (select count(*) as partitions from pg_foreign_table
            join pg_class on pg_class.oid = ftrelid
            left join pg_inherits on inhrelid = ftrelid
            where relnamespace = to_regnamespace('citusbench') group by inhparent) tables),
    to_regclass('citusbench.marker') is not null,
    exists (select from pg_foreign_server where 'dbname=citusbench' = any (srvoptions))
