create table :table (
    id bigint not null,
    room_type smallint not null,
    created_at timestamptz not null,
    updated_at timestamptz not null
);

-- indexes
alter table :table add primary key (id);
