-- one row a customer and day the CRM stated it; known in [:known_from, :known_before)
select
    s.customer_id as customer_id,
    s.branch_id as branch_id,
    s.manager_id as manager_id,
    s.deposit_balance as deposit_balance,
    s.loan_balance as loan_balance,
    s.product_count as product_count,
    s.updated_on as updated_on,
    cast(s.known_on as date) as known_on
from crm_profiles as s
where
    cast(s.known_on as date) >= cast(:known_from as date)
    and cast(s.known_on as date) < cast(:known_before as date)
