select citus_move_shard_placement(:shard, :source, :from, :target, :to, shard_transfer_mode := :mode)
