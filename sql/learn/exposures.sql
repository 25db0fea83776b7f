-- one row a customer that owed something as of :as_of, as features.customer_positions of that day says it
select
    p.customer_id,
    cast(p.loans_cny as double precision) as loans_cny
from features.customer_positions as p
where p.as_of = cast(:as_of as date) and p.loans_cny > 0
