-- Whether the session's role may make a schema, and drop citusbench; null where there is none.
select has_database_privilege(current_database(), 'create'), current_user, current_database(),
    (select pg_has_role(nspowner, 'usage') from pg_namespace where nspname = 'citusbench')
