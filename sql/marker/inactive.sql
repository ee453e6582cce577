-- Disabled nodes, and shards of replicated tables that have fewer than two copies in use.
select
    (select count(*) from pg_dist_node where noderole = 'primary' and not isactive)
    + (select count(*) from (
        select shardid
        from pg_dist_placement
        join pg_dist_node n using (groupid)
        join pg_dist_shard using (shardid)
        join pg_dist_partition using (logicalrelid)
        where repmodel = 'c' and n.isactive
        group by shardid
        having count(*) < 2) under_replicated)
