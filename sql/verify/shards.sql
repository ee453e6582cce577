select shardminvalue::bigint, shardid
from pg_dist_shard
where logicalrelid = $1::regclass and shardminvalue is not null
order by 1
