-- Rows and an order-independent checksum of each copy of each shard. The text of a row depends on settings, which
-- may differ from node to node: each node takes these for its statement, before it reads a row.
select placements.shardid, placements.nodeport, placements.nodename, placements.success,
    coalesce(placements.result, '')
from run_command_on_placements($1::regclass,
        $$with settings as materialized (
            select set_config('TimeZone', 'UTC', true) || set_config('DateStyle', 'ISO, YMD', true)
                || set_config('IntervalStyle', 'postgres', true) || set_config('extra_float_digits', '3', true)
                || set_config('bytea_output', 'hex', true) || set_config('lc_monetary', 'C', true) as done)
        select (select count(*) || ' rows, checksum ' || coalesce(sum(hashtextextended(t::text, 0)), 0)
            from %s t where settings.done is not null)
        from settings$$) placements
    join pg_dist_node using (nodename, nodeport)
where noderole = 'primary' and isactive
order by 1, 2, 3
