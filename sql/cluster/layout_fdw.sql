-- The same for hash partitions that are foreign tables, and for reference tables, of which every server
-- has a copy; host and port are null where it is this node.
with servers as (
    select oid, srvname,
        (select option_value from pg_options_to_table(srvoptions) where option_name = 'host') as host,
        (select option_value from pg_options_to_table(srvoptions) where option_name = 'port') as port
    from pg_foreign_server
)
select parent.relname, substring(part.relname from '[0-9]+$')::int as shard,
    coalesce((select option_value from pg_options_to_table(ftoptions) where option_name = 'table_name'),
        part.relname) as relation,
    host, port, true, 'distributed' as kind, parent.oid as position
from pg_foreign_table
    join pg_class part on part.oid = ftrelid
    join pg_inherits on inhrelid = part.oid
    join pg_class parent on parent.oid = inhparent
    join servers on servers.oid = ftserver
where parent.relnamespace = to_regnamespace('citusbench')
union all
select class.relname, 0, class.relname, host, port, true, 'reference', class.oid
from pg_class class, (select host, port from servers union all select null, null) holders
where class.relnamespace = to_regnamespace('citusbench') and relkind = 'r'
    and relname not in ('marker', 'shared_runs', 'runs')
order by position, shard, port
