-- Rows and an order-independent checksum of each copy of each shard.
select placements.shardid, placements.nodeport, placements.nodename, placements.success,
    coalesce(placements.result, '')
from run_command_on_placements($1::regclass,
        $$select count(*) || ' rows, checksum ' || coalesce(sum(hashtextextended(t::text, 0)), 0)
        from %s t$$) placements
    join pg_dist_node using (nodename, nodeport)
where noderole = 'primary' and isactive
order by 1, 2, 3
