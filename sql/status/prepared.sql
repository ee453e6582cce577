select gid, extract(epoch from now() - prepared)::float8
from pg_prepared_xacts
where database = current_database()
order by prepared
