-- one row: how many rows landing holds that were known before :as_of; as of now
select cast(sum(n.row_count) as bigint) as row_count
from (
    select count(*) as row_count
    from landing.customers as c
    where c.known_on < cast(:as_of as date)
    union all
    select count(*) as row_count
    from landing.transactions as t
    where t.known_on < cast(:as_of as date)
    union all
    select count(*) as row_count
    from landing.events as e
    where e.known_on < cast(:as_of as date)
) as n
