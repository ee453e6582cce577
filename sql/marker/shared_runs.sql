create table if not exists citusbench.shared_runs (
    start_at_us bigint primary key,  -- microseconds since 1970: what the processes have in common
    run bigint not null,
    run_time_us bigint not null
)
