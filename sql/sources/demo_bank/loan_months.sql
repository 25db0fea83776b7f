-- one row a loan, month and day it was stated; known in [:known_from, :known_before)
select
    m.loan_id as loan_id,
    m.customer_id as customer_id,
    m.month as month,
    m.outstanding_amount as outstanding_amount,
    m.overdue_amount as overdue_amount,
    m.written_off_amount as written_off_amount,
    m.days_past_due as days_past_due,
    m.class5 as class5,
    cast(m.known_on as date) as known_on
from loan_months as m
where
    cast(m.known_on as date) >= cast(:known_from as date)
    and cast(m.known_on as date) < cast(:known_before as date)
