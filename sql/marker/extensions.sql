select extname, extversion from pg_extension order by extname
