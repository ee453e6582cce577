create table if not exists citusbench.runs (
    run bigint not null,
    client text not null,  -- "host:pid", who measures
    started_at timestamptz not null default clock_timestamp(),
    seen_at timestamptz not null default clock_timestamp(),  -- renewed while it measures
    ended boolean not null default false,
    primary key (run, client)
)
