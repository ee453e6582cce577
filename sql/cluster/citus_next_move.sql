-- What the rebalancer would move next, and how much is left.
select table_name::text, shardid, sourcename, sourceport, targetname, targetport, count(*) over ()
from get_rebalance_table_shards_plan()
limit 1
