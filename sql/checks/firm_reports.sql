-- One row a firm and period as stated; known before :as_of. Each is_/has_ column is a promise: false where broken, null where it cannot be told.
with known_customers as (
    select distinct k.customer_id as customer_id
    from landing.customers as k
    where k.known_on < cast(:as_of as date)
)

select
    r.customer_id
    || '|' || cast(r.period_end as varchar(10))
    || '|' || cast(r.period_months as varchar(10))
    || '|' || cast(r.source_known_on as varchar(10)) as row_key,
    r.known_on as known_on,
    trim(r.customer_id) <> '' as has_customer_id,
    r.period_end <= r.source_known_on as is_period_over_when_known,
    r.period_end >= date '1990-01-01' as is_period_since_1990,
    r.period_months between 1 and 24 as is_period_length_in_range,
    coalesce(r.revenue, 0) >= 0
    and coalesce(r.assets, 0) >= 0
    and coalesce(r.liabilities, 0) >= 0 as has_no_negative_amount,
    abs(r.assets - r.liabilities - r.equity) <= 1 + 0.001 * abs(r.assets) as is_sheet_balanced,
    nullif(r.assets, 0) / nullif(lag(r.assets) over firm, 0) between 0.001 and 1000 as is_unit_as_before,
    case when trim(r.customer_id) <> '' then c.customer_id is not null end as is_customer_known
from landing.firm_reports as r
left join known_customers as c on r.customer_id = c.customer_id
where r.known_on < cast(:as_of as date)
-- a restated report stands before its correction
window firm as (partition by r.customer_id order by r.period_end, r.period_months, r.source_known_on)
