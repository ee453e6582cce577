create table :table (
    user_id bigint not null,
    order_id bigint not null,
    product_id bigint not null,
    quantity integer not null,
    amount_cents bigint not null,
    status text not null,
    created_at timestamptz not null
);

-- indexes
alter table :table add primary key (user_id, order_id);
create index on :table (user_id, created_at desc, order_id desc);
