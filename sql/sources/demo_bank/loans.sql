-- one row a loan and day its entry became known; known in [:known_from, :known_before)
select
    n.loan_id as loan_id,
    n.customer_id as customer_id,
    n.product_id as product_id,
    n.granted_on as granted_on,
    n.matures_on as matures_on,
    n.principal_cny as principal_cny,
    n.limit_cny as limit_cny,
    n.rate_ratio as rate_ratio,
    n.collateral_cny as collateral_cny,
    cast(n.known_on as date) as known_on
from loans as n
where
    cast(n.known_on as date) >= cast(:known_from as date)
    and cast(n.known_on as date) < cast(:known_before as date)
