create table :table (
    room_id bigint not null,
    id bigint not null,
    sender_id bigint not null,
    message_type smallint not null,
    text text not null,
    status smallint not null,
    is_deleted boolean not null,
    parent_message_id bigint,
    created_at timestamptz not null
);

-- indexes
alter table :table add primary key (room_id, id);
create index on :table (room_id, created_at desc, id desc);
