-- One row a feed that scores depend on: the last day on which a row of it became known; known before :as_of. Null: it never spoke.
select
    'transactions' as table_name,
    max(t.known_on) as last_known_on
from landing.transactions as t
where t.known_on < cast(:as_of as date)
union all
select
    'loan_months' as table_name,
    max(t.known_on) as last_known_on
from landing.loan_months as t
where t.known_on < cast(:as_of as date)
union all
select
    'events' as table_name,
    max(t.known_on) as last_known_on
from landing.events as t
where t.known_on < cast(:as_of as date)
