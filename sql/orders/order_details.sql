select o.order_id, o.product_id, o.quantity, o.amount_cents, o.status, o.created_at,
    u.name, p.name, p.price_cents
from citusbench.test_orders o
    join citusbench.test_users u using (user_id)
    join citusbench.test_products p using (product_id)
where o.user_id = $1::bigint
order by o.created_at desc, o.order_id desc
limit 50
