select logicalrelid::text, shardid, count(*) filter (where n.isactive)
from pg_dist_placement
    join pg_dist_node n using (groupid)
    join pg_dist_shard using (shardid)
    join pg_dist_partition using (logicalrelid)
    join pg_class on pg_class.oid = logicalrelid
where repmodel = 'c' and n.noderole = 'primary' and relnamespace = 'citusbench'::regnamespace
group by 1, 2
having count(*) filter (where n.isactive) < $1::int
order by 2
