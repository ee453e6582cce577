-- One replicated table of each colocation group: what is done to its shards is done to all of them.
select distinct on (colocationid) logicalrelid::regclass::text
from pg_dist_partition
where repmodel = 'c' and partmethod = 'h'
order by colocationid, logicalrelid::oid
