-- One row an account and month as stated; known before :as_of. Each is_/has_ column is a promise: false where broken, null where it cannot be told.
with known_customers as (
    select distinct k.customer_id as customer_id
    from landing.customers as k
    where k.known_on < cast(:as_of as date)
),

overdrafts as (
    select distinct a.account_id as account_id
    from landing.accounts as a
    inner join landing.products as p on a.product_id = p.product_id
    where
        a.known_on < cast(:as_of as date)
        and p.known_on < cast(:as_of as date)
        and p.kind in ('loan', 'overdraft')
)

select
    b.account_id || '|' || cast(b.month as varchar(10)) || '|' || cast(b.source_known_on as varchar(10)) as row_key,
    b.known_on as known_on,
    trim(b.account_id) <> '' as has_account_id,
    trim(b.customer_id) <> '' as has_customer_id,
    extract(day from b.month) = 1 as is_month_a_first_day,
    b.source_known_on >= cast(b.month + interval '1' month as date) - 1 as is_month_over_when_known,
    b.month >= date '1990-01-01' as is_month_since_1990,
    (b.average_balance >= 0 and b.end_balance >= 0) or o.account_id is not null as is_not_overdrawn,
    abs(b.average_balance) <= 100000000000
    and abs(b.end_balance) <= 100000000000 as is_amount_plausible,
    case when trim(b.customer_id) <> '' then c.customer_id is not null end as is_customer_known
from landing.balances as b
left join known_customers as c on b.customer_id = c.customer_id
left join overdrafts as o on b.account_id = o.account_id
where b.known_on < cast(:as_of as date)
