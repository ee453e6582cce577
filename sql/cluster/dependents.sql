-- What stands outside of the schema citusbench and would be dropped with it: views, foreign keys, tables that
-- inherit, functions and the like.
select distinct what from (
    select format('%s %s', case v.relkind when 'm' then 'materialized view' else 'view' end, v.oid::regclass)
    from pg_depend d
    join pg_rewrite r on d.classid = 'pg_rewrite'::regclass and r.oid = d.objid
    join pg_class v on v.oid = r.ev_class
    join pg_class t on d.refclassid = 'pg_class'::regclass and t.oid = d.refobjid
    where t.relnamespace = to_regnamespace('citusbench') and v.relnamespace <> t.relnamespace
    union all
    select format('constraint %s of %s', c.conname, c.conrelid::regclass)
    from pg_constraint c
    join pg_class t on t.oid = c.confrelid
    join pg_class other on other.oid = c.conrelid
    where t.relnamespace = to_regnamespace('citusbench') and other.relnamespace <> t.relnamespace
    union all
    select format('%s %s', i.type, i.identity)
    from pg_depend d
    join pg_class t on d.refclassid = 'pg_class'::regclass and t.oid = d.refobjid
    cross join lateral pg_identify_object(d.classid, d.objid, d.objsubid) i
    where t.relnamespace = to_regnamespace('citusbench') and d.deptype = 'n'
        and i.schema <> 'citusbench' and i.schema not like 'pg\_%'
) outside (what)
order by 1
