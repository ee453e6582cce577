select count(*) filter (where n.nspname is not null), count(c.oid)
from pg_namespace n left join pg_class c on c.relnamespace = n.oid and c.relname = 'marker'
where n.nspname = 'citusbench'
