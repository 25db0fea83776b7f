-- one row a loan and day its entry became known; known in [:known_from, :known_before)
select
    n.loan_id as loan_id,
    n.customer_id as customer_id,
    n.product_id as product_id,
    n.granted_on as granted_on,
    n.matures_on as matures_on,
    n.principal_amount as principal_amount,
    n.limit_amount as limit_amount,
    n.rate_ratio as rate_ratio,
    n.collateral_value as collateral_value,
    cast(n.known_on as date) as known_on
from loans as n
where
    cast(n.known_on as date) >= cast(:known_from as date)
    and cast(n.known_on as date) < cast(:known_before as date)
