select p.category, count(*), sum(o.amount_cents)::bigint
from citusbench.test_orders o
    join citusbench.test_products p using (product_id)
group by p.category
order by p.category
