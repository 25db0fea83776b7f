-- one row a holding and day it was bought or quoted; known in [:known_from, :known_before)
select
    h.holding_id as holding_id,
    h.customer_id as customer_id,
    h.product_id as product_id,
    h.bought_on as bought_on,
    h.matures_on as matures_on,
    -- a service has no amount at this source: nothing is invested in it
    coalesce(cast(h.amount as decimal(18, 2)), 0) as amount,
    h.nav_ratio as nav_ratio,
    cast(h.known_on as date) as known_on
from holdings as h
where
    cast(h.known_on as date) >= cast(:known_from as date)
    and cast(h.known_on as date) < cast(:known_before as date)
