-- The same for tables of one server.
select relname, 0, relname, null, null, true, 'local'
from pg_class
where relnamespace = to_regnamespace('citusbench') and relkind = 'r'
    and relname not in ('marker', 'shared_runs', 'runs')
order by oid
