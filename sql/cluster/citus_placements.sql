-- Where the copies of a table's shards lie; shards are counted in the order of their hash ranges.
select dense_rank() over (order by s.shardminvalue::int) - 1, n.nodename, n.nodeport
from pg_dist_shard s
join pg_dist_placement p using (shardid)
join pg_dist_node n on n.groupid = p.groupid and n.noderole = 'primary'
where s.logicalrelid = $1::regclass and p.shardstate = 1
