-- What this node holds of the workload: name, bytes with indexes, bytes to read for a count, estimated
-- rows. Citus hides shards in pg_class unless a setting shows them.
set citus.override_table_visibility = off;
select relname, pg_total_relation_size(oid), pg_relation_size(oid), greatest(reltuples, 0)::bigint
from pg_class
where relnamespace = to_regnamespace('citusbench') and relkind = 'r'
