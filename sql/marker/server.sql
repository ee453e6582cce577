select name, setting || coalesce(unit, '') from pg_settings
where name in ('server_version', 'fsync', 'synchronous_commit', 'full_page_writes', 'wal_level',
    'shared_buffers', 'max_connections', 'max_prepared_transactions', 'work_mem', 'jit',
    'citus.version', 'citus.shard_replication_factor', 'citus.shard_count',
    'citus.node_connection_timeout', 'citus.recover_2pc_interval', 'citus.task_assignment_policy',
    'citus.max_adaptive_executor_pool_size', 'citus.use_secondary_nodes')
order by name
