select order_id, product_id, quantity, amount_cents, status, created_at
from citusbench.test_orders
where user_id = $1::bigint and order_id = $2::bigint
