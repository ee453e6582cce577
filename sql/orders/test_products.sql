create table :table (
    product_id bigint not null,
    name text not null,
    category text not null,
    price_cents bigint not null
);

-- indexes
alter table :table add primary key (product_id);
