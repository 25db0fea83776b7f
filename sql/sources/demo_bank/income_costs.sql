-- one row a customer, month and day it was stated; known in [:known_from, :known_before)
select
    i.customer_id as customer_id,
    i.month as month,
    i.interest_income_cny as interest_income_cny,
    i.fee_income_cny as fee_income_cny,
    i.interest_expense_cny as interest_expense_cny,
    i.operating_cost_cny as operating_cost_cny,
    i.risk_cost_cny as risk_cost_cny,
    cast(i.known_on as date) as known_on
from income_costs as i
where
    cast(i.known_on as date) >= cast(:known_from as date)
    and cast(i.known_on as date) < cast(:known_before as date)
