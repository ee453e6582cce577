-- In one value, so that it can also be asked through the coordinator; no name has a comma.
select coalesce(string_agg(gid, ',' order by gid), '')
from pg_prepared_xacts
where gid like 'citus\_%' and database = current_database()
