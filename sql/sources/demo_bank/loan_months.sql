-- one row a loan, month and day it was stated; known in [:known_from, :known_before)
select
    m.loan_id as loan_id,
    m.customer_id as customer_id,
    m.month as month,
    m.outstanding_cny as outstanding_cny,
    m.overdue_cny as overdue_cny,
    m.written_off_cny as written_off_cny,
    m.days_past_due as days_past_due,
    m.class5 as class5,
    cast(m.known_on as date) as known_on
from loan_months as m
where
    cast(m.known_on as date) >= cast(:known_from as date)
    and cast(m.known_on as date) < cast(:known_before as date)
