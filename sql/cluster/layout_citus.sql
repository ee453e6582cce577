-- Where the shards of the workload's tables lie: table, shard, its name on the node, host, port, whether
-- the copy is in use, kind of table. The copies of a shard follow one another.
select class.relname, shardid, class.relname || '_' || shardid, nodename, nodeport,
    coalesce(shardstate = 1 and isactive, false),
    case when partmethod = 'n' then 'reference' else 'distributed' end
from pg_dist_partition
    join pg_class class on class.oid = logicalrelid
    join pg_dist_shard shard using (logicalrelid)
    left join pg_dist_placement using (shardid)
    left join pg_dist_node node on node.groupid = pg_dist_placement.groupid and noderole = 'primary'
where relnamespace = to_regnamespace('citusbench')
order by class.oid, shardminvalue::int, shardid, nodeport
