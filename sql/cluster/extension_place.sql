-- The schema of an extension, and whether names in it are found without it.
select n.nspname, n.nspname = any (current_schemas(true))
from pg_extension e
join pg_namespace n on n.oid = e.extnamespace
where e.extname = $1
