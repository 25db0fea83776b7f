-- One row a loan as stated; known before :as_of. Each is_/has_ column is a promise: false where broken, null where it cannot be told.
with known_customers as (
    select distinct k.customer_id as customer_id
    from landing.customers as k
    where k.known_on < cast(:as_of as date)
),

known_products as (
    select distinct k.product_id as product_id
    from landing.products as k
    where k.known_on < cast(:as_of as date)
)

select
    n.loan_id || '|' || cast(n.source_known_on as varchar(10)) as row_key,
    n.known_on as known_on,
    trim(n.loan_id) <> '' as has_loan_id,
    trim(n.customer_id) <> '' as has_customer_id,
    n.granted_on <= n.source_known_on as is_granted_when_known,
    coalesce(n.principal_amount, 0) >= 0
    and coalesce(n.limit_amount, 0) >= 0
    and coalesce(n.collateral_value, 0) >= 0 as has_no_negative_amount,
    n.granted_on >= date '1990-01-01' as is_granted_since_1990,
    n.matures_on >= n.granted_on as is_matured_after_granting,
    n.rate_ratio between 0 and 1 as is_rate_in_range,
    n.principal_amount <= 1000 * nullif(n.limit_amount, 0) as is_unit_plausible,
    case
        when n.product_id is not null and exists (select 1 as found from known_products) then p.product_id is not null
    end as is_product_known,
    case when trim(n.customer_id) <> '' then c.customer_id is not null end as is_customer_known
from landing.loans as n
left join known_customers as c on n.customer_id = c.customer_id
left join known_products as p on n.product_id = p.product_id
where n.known_on < cast(:as_of as date)
