-- one row a customer and month that the credit register tells of; known in [:known_from, :known_before)
select
    o.customer_id as customer_id,
    o.month as month,
    o.bank_count as bank_count,
    o.exposure_amount as exposure_amount,
    cast(o.known_on as date) as known_on
from outside_exposures as o
where
    cast(o.known_on as date) >= cast(:known_from as date)
    and cast(o.known_on as date) < cast(:known_before as date)
