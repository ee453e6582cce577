-- Without the factor it does nothing. block_writes copies a shard in a fraction of the time that the
-- default takes, and writes to that shard wait so long.
select replicate_table_shards(:table, shard_replication_factor := :replication,
    shard_transfer_mode := 'block_writes')
