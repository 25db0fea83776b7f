-- one row: the customers known before :as_of
select cast(count(distinct c.customer_id) as bigint) as customer_count
from valid.customers as c
where c.known_on < cast(:as_of as date)
