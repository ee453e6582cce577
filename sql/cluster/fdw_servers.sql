select srvname from pg_foreign_server
