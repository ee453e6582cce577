select greatest(reltuples, 0)::bigint from pg_class where oid = ($1)::regclass
