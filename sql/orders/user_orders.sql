select order_id, product_id, quantity, amount_cents, status, created_at
from citusbench.test_orders
where user_id = $1::bigint
order by created_at desc, order_id desc
limit 50
