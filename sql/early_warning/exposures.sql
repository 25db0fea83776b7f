-- one row a customer that owed something as of :as_of, as features.customer_positions of that day says it
select
    p.customer_id,
    cast(p.loan_balance as double precision) as loan_balance
from features.customer_positions as p
where p.as_of = cast(:as_of as date) and p.loan_balance > 0
