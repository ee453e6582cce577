create foreign table :partition partition of :parent
    for values with (modulus :shards, remainder :shard)
    server :server options (schema_name 'citusbench', table_name :remote);
