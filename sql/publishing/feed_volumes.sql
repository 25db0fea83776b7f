-- one row a landing table and month in which rows of it became known: how many rows, of how many customers, and the sum of their absolute amounts
-- (0 where the table has none); known from :first up to, and not with, :as_of
select
    'transactions' as table_name,
    cast(date_trunc('month', t.known_on) as date) as known_month,
    cast(count(*) as bigint) as row_count,
    cast(count(distinct t.customer_id) as bigint) as customer_count,
    cast(sum(case when t.is_void then 0 else abs(t.amount) end) as double precision) as amount
from landing.transactions as t
where t.known_on >= cast(:first as date) and t.known_on < cast(:as_of as date)
group by 2
union all
select
    'balances' as table_name,
    cast(date_trunc('month', t.known_on) as date) as known_month,
    cast(count(*) as bigint) as row_count,
    cast(count(distinct t.customer_id) as bigint) as customer_count,
    cast(sum(abs(t.end_balance)) as double precision) as amount
from landing.balances as t
where t.known_on >= cast(:first as date) and t.known_on < cast(:as_of as date)
group by 2
union all
select
    'loan_months' as table_name,
    cast(date_trunc('month', t.known_on) as date) as known_month,
    cast(count(*) as bigint) as row_count,
    cast(count(distinct t.customer_id) as bigint) as customer_count,
    cast(sum(t.outstanding_amount) as double precision) as amount
from landing.loan_months as t
where t.known_on >= cast(:first as date) and t.known_on < cast(:as_of as date)
group by 2
union all
select
    'income_costs' as table_name,
    cast(date_trunc('month', t.known_on) as date) as known_month,
    cast(count(*) as bigint) as row_count,
    cast(count(distinct t.customer_id) as bigint) as customer_count,
    cast(sum(abs(t.interest_income) + abs(t.fee_income)) as double precision) as amount
from landing.income_costs as t
where t.known_on >= cast(:first as date) and t.known_on < cast(:as_of as date)
group by 2
union all
select
    'events' as table_name,
    cast(date_trunc('month', t.known_on) as date) as known_month,
    cast(count(*) as bigint) as row_count,
    cast(count(distinct t.customer_id) as bigint) as customer_count,
    cast(0 as double precision) as amount
from landing.events as t
where t.known_on >= cast(:first as date) and t.known_on < cast(:as_of as date)
group by 2
union all
select
    'customers' as table_name,
    cast(date_trunc('month', t.known_on) as date) as known_month,
    cast(count(*) as bigint) as row_count,
    cast(count(distinct t.customer_id) as bigint) as customer_count,
    cast(0 as double precision) as amount
from landing.customers as t
where t.known_on >= cast(:first as date) and t.known_on < cast(:as_of as date)
group by 2
