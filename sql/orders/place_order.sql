insert into citusbench.test_orders
    (user_id, order_id, product_id, quantity, amount_cents, status, created_at)
values ($1::bigint, $2::bigint, $3::bigint, $4::integer, $5::bigint, 'pending', $6::timestamptz)
