-- one row an account and day its entry became known; known in [:known_from, :known_before)
select
    a.account_id as account_id,
    a.customer_id as customer_id,
    a.product_id as product_id,
    a.branch_id as branch_id,
    a.currency as currency,
    a.rate_ratio as rate_ratio,
    a.opened_on as opened_on,
    a.closed_on as closed_on,
    cast(a.known_on as date) as known_on
from accounts as a
where
    cast(a.known_on as date) >= cast(:known_from as date)
    and cast(a.known_on as date) < cast(:known_before as date)
