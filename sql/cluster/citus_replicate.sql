-- Without the factor it does nothing. block_writes copies a shard in a fraction of the time that the
-- default takes; writes to that shard wait meanwhile.
select replicate_table_shards(:table, shard_replication_factor := :replication,
    shard_transfer_mode := 'block_writes')
