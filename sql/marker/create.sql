create schema citusbench;
-- One row. A schema citusbench without this table was not made by citusbench and is left alone.
create table citusbench.marker (
    only_row boolean primary key default true check (only_row),
    workload text not null,
    scale text not null,
    seed bigint not null,
    engine text not null,
    replication int not null,
    shards int not null,
    load_time_us bigint not null,  -- microseconds since 1970; loaded timestamps hang on it
    loaded boolean not null default false,
    runs bigint not null default 0,
    version text not null,
    part text not null default ''  -- "2/3": of three clusters, each with its keys, the second
);
