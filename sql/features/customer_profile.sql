-- One row a customer known before :as_of with :first_customer <= customer_id < :next_customer (null: no end) whose md5 is below :md5_below
-- ('g': all), as its newest row known before :as_of has it. The other families describe the customers of this one.
select
    s.customer_id,
    cast(:as_of as date) as as_of,
    cast(cast(:as_of as date) - s.joined_on as double precision) as days_since_joined,
    cast(cast(:as_of as date) - s.founded_on as double precision) as days_since_founded,
    cast(s.employees as double precision) as employees,
    cast(s.capital as double precision) as capital,
    cast(case when s.relation = 'customer' then 1 else 0 end as double precision) as is_customer
from current.customers(:as_of) as s
where
    s.customer_id >= :first_customer
    and (cast(:next_customer as varchar(64)) is null or s.customer_id < cast(:next_customer as varchar(64)))
    and (:md5_below = 'g' or md5(s.customer_id) < :md5_below)
