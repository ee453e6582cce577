select create_distributed_table(:table, :column, shard_count := :shards, colocate_with := 'none')
