-- one row: the first month with transactions, null where there are none; known before :as_of
select min(m.month) as first_month
from facts.customer_month as m
where m.known_month < cast(:as_of as date)
