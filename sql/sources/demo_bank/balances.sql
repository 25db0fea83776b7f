-- one row an account, month and day it was stated; known in [:known_from, :known_before)
select
    b.account_id as account_id,
    b.customer_id as customer_id,
    b.month as month,
    b.average_balance as average_balance,
    b.end_balance as end_balance,
    cast(b.known_on as date) as known_on
from balances as b
where
    cast(b.known_on as date) >= cast(:known_from as date)
    and cast(b.known_on as date) < cast(:known_before as date)
