-- one row a guarantee; known in [:known_from, :known_before)
select
    g.guarantee_id as guarantee_id,
    g.guarantor_id as guarantor_id,
    g.customer_id as customer_id,
    g.amount as amount,
    g.granted_on as granted_on,
    g.ends_on as ends_on,
    cast(g.known_on as date) as known_on
from guarantees as g
where
    cast(g.known_on as date) >= cast(:known_from as date)
    and cast(g.known_on as date) < cast(:known_before as date)
