-- One row a loan and month as stated; known before :as_of. Each is_/has_ column is a promise: false where broken, null where it cannot be told.
with known_customers as (
    select distinct k.customer_id as customer_id
    from landing.customers as k
    where k.known_on < cast(:as_of as date)
)

select
    m.loan_id || '|' || cast(m.month as varchar(10)) || '|' || cast(m.source_known_on as varchar(10)) as row_key,
    m.known_on as known_on,
    trim(m.loan_id) <> '' as has_loan_id,
    trim(m.customer_id) <> '' as has_customer_id,
    extract(day from m.month) = 1 as is_month_a_first_day,
    m.source_known_on >= cast(m.month + interval '1' month as date) - 1 as is_month_over_when_known,
    m.month >= date '1990-01-01' as is_month_since_1990,
    m.outstanding_amount >= 0
    and coalesce(m.overdue_amount, 0) >= 0
    and coalesce(m.written_off_amount, 0) >= 0 as has_no_negative_amount,
    m.days_past_due between 0 and 36525 as is_days_past_due_in_range,
    m.class5 between 1 and 5 as is_class5_in_range,
    m.overdue_amount <= m.outstanding_amount as is_overdue_within_outstanding,
    case when trim(m.customer_id) <> '' then c.customer_id is not null end as is_customer_known
from landing.loan_months as m
left join known_customers as c on m.customer_id = c.customer_id
where m.known_on < cast(:as_of as date)
