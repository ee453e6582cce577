create table :table (
    user_id bigint not null,
    name text not null,
    email text not null,
    created_at timestamptz not null
);

-- indexes
alter table :table add primary key (user_id);
