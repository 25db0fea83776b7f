-- One row a customer and month as stated; known before :as_of. Each is_/has_ column is a promise: false where broken, null where it cannot be told.
with known_customers as (
    select distinct k.customer_id as customer_id
    from landing.customers as k
    where k.known_on < cast(:as_of as date)
)

select
    o.customer_id || '|' || cast(o.month as varchar(10)) || '|' || cast(o.source_known_on as varchar(10)) as row_key,
    o.known_on as known_on,
    trim(o.customer_id) <> '' as has_customer_id,
    extract(day from o.month) = 1 as is_month_a_first_day,
    o.source_known_on >= cast(o.month + interval '1' month as date) - 1 as is_month_over_when_known,
    o.month >= date '1990-01-01' as is_month_since_1990,
    o.exposure_amount >= 0 as has_no_negative_amount,
    o.bank_count between 1 and 1000 as is_bank_count_in_range,
    case when trim(o.customer_id) <> '' then c.customer_id is not null end as is_customer_known
from landing.outside_exposures as o
left join known_customers as c on o.customer_id = c.customer_id
where o.known_on < cast(:as_of as date)
