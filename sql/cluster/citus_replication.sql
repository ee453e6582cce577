set citus.shard_replication_factor = :replication
