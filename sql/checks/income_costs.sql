-- One row a customer and month as stated; known before :as_of. Each is_/has_ column is a promise: false where broken, null where it cannot be told.
with known_customers as (
    select distinct k.customer_id as customer_id
    from landing.customers as k
    where k.known_on < cast(:as_of as date)
)

select
    i.customer_id || '|' || cast(i.month as varchar(10)) || '|' || cast(i.source_known_on as varchar(10)) as row_key,
    i.known_on as known_on,
    trim(i.customer_id) <> '' as has_customer_id,
    extract(day from i.month) = 1 as is_month_a_first_day,
    i.source_known_on >= cast(i.month + interval '1' month as date) - 1 as is_month_over_when_known,
    i.month >= date '1990-01-01' as is_month_since_1990,
    i.interest_income >= 0
    and i.interest_expense >= 0
    and i.operating_cost >= 0 as has_no_negative_amount,
    greatest(
        abs(i.interest_income),
        abs(i.fee_income),
        abs(i.interest_expense),
        abs(i.operating_cost),
        abs(i.risk_cost)
    ) <= 10000000000 as is_amount_plausible,
    case when trim(i.customer_id) <> '' then c.customer_id is not null end as is_customer_known
from landing.income_costs as i
left join known_customers as c on i.customer_id = c.customer_id
where i.known_on < cast(:as_of as date)
