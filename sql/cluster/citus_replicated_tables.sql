-- One replicated table of each colocation group: an action on its shards affects those of the whole group.
select distinct on (colocationid) logicalrelid::regclass::text
from pg_dist_partition
where repmodel = 'c' and partmethod = 'h'
order by colocationid, logicalrelid::oid
