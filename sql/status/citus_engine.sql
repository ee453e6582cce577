-- What a node of Citus is: the coordinator, one with metadata, how many copies the workload's shards have (where
-- there are none, how many this session asks for), and into how many shards the workload's tables are cut (0: none).
select own.groupid = 0,
    own.groupid = 0 or exists (select from pg_dist_node where groupid = own.groupid and hasmetadata),
    coalesce((select max(copies)
        from (select count(*)::int as copies from pg_dist_placement
            join pg_dist_shard using (shardid)
            join pg_dist_partition using (logicalrelid)
            join pg_class on pg_class.oid = logicalrelid
            where relnamespace = to_regnamespace('citusbench') and partmethod = 'h'
            group by shardid) placed), current_setting('citus.shard_replication_factor')::int),
    (select coalesce(max(shards), 0)
        from (select count(*) as shards from pg_dist_shard
            join pg_dist_partition using (logicalrelid)
            join pg_class on pg_class.oid = logicalrelid
            where relnamespace = to_regnamespace('citusbench') and partmethod = 'h'
            group by logicalrelid) tables)
from pg_dist_local_group own
