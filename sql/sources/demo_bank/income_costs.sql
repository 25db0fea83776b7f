-- one row a customer, month and day it was stated; known in [:known_from, :known_before)
select
    i.customer_id as customer_id,
    i.month as month,
    i.interest_income as interest_income,
    i.fee_income as fee_income,
    i.interest_expense as interest_expense,
    i.operating_cost as operating_cost,
    i.risk_cost as risk_cost,
    cast(i.known_on as date) as known_on
from income_costs as i
where
    cast(i.known_on as date) >= cast(:known_from as date)
    and cast(i.known_on as date) < cast(:known_before as date)
