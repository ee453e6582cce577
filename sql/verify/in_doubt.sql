select gid from pg_prepared_xacts
where gid like 'citus\_%' and database = current_database()
order by gid
