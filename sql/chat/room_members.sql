create table :table (
    room_id bigint not null,
    id bigint not null,
    member_id bigint not null,
    role smallint not null,
    is_muted boolean not null,
    joined_at timestamptz not null,
    last_read_message_id bigint
);

-- indexes
alter table :table add primary key (room_id, id);
create unique index on :table (room_id, member_id);
create index on :table (member_id);
