-- One row a customer known before :as_of with :first_customer <= customer_id < :next_customer (null: no end) whose md5 is below :md5_below
-- ('g': all), as its newest row known before :as_of has it. Of several rows the newest is the one stated last (source_known_on), as an old one
-- may come late. The other families describe the customers that stand here.
with known as (
    select
        c.customer_id,
        c.relation,
        c.founded_on,
        c.joined_on,
        c.employees,
        c.capital,
        row_number() over (partition by c.customer_id order by c.source_known_on desc) as newest
    from valid.customers as c
    where
        c.known_on < cast(:as_of as date)
        and c.customer_id >= :first_customer
        and (cast(:next_customer as varchar(64)) is null or c.customer_id < cast(:next_customer as varchar(64)))
        and (:md5_below = 'g' or md5(c.customer_id) < :md5_below)
)

select
    s.customer_id,
    cast(:as_of as date) as as_of,
    cast(cast(:as_of as date) - s.joined_on as double precision) as days_since_joined,
    cast(cast(:as_of as date) - s.founded_on as double precision) as days_since_founded,
    cast(s.employees as double precision) as employees,
    cast(s.capital as double precision) as capital,
    cast(case when s.relation = 'customer' then 1 else 0 end as double precision) as is_customer
from known as s
where s.newest = 1
