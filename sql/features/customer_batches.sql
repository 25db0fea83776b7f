-- one row a slice of :customers_per_batch customers known before :as_of (the last may be short): the customer_id it starts with; as of that day.
-- The engine's own order of text, as customer_features compares by it: a slice may differ between engines, what is said of a customer not.
with known as (
    select distinct c.customer_id
    from landing.customers as c
    where c.known_on < cast(:as_of as date)
),

placed as (
    select
        k.customer_id,
        row_number() over (order by k.customer_id) as place
    from known as k
)

select p.customer_id as first_customer
from placed as p
where (p.place - 1) % :customers_per_batch = 0
order by p.customer_id
