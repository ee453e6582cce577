select 1 from pg_available_extensions where name = $1
