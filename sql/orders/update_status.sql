update citusbench.test_orders
set status = $3::text
where user_id = $1::bigint and order_id = $2::bigint
