-- The metrics of nodes in the metadata of Citus: metric, value, host and port of the node.
select metric, value, nodename, nodeport
from (select nodename, nodeport, isactive, count(placementid) filter (where shardstate = 1) as placements
        from pg_dist_node left join pg_dist_placement using (groupid)
        where noderole = 'primary'
        group by nodename, nodeport, isactive) node,
    lateral (values ('citus_active', isactive::int), ('citus_placements', placements)) v (metric, value)
union all
select 'shards_under_replicated', count(*), null, null
from (select from pg_dist_partition
        join pg_dist_shard using (logicalrelid)
        left join pg_dist_placement using (shardid)
        left join pg_dist_node node using (groupid)
        where repmodel = 'c'
        group by shardid
        having count(*) filter (where shardstate = 1 and isactive) < :replication) shards
