-- One row an account as stated; known before :as_of. Each is_/has_ column is a promise: false where broken, null where it cannot be told.
with known_customers as (
    select distinct k.customer_id as customer_id
    from landing.customers as k
    where k.known_on < cast(:as_of as date)
),

known_products as (
    select distinct k.product_id as product_id
    from landing.products as k
    where k.known_on < cast(:as_of as date)
),

known_branches as (
    select distinct k.branch_id as branch_id
    from landing.branches as k
    where k.known_on < cast(:as_of as date)
)

select
    a.account_id || '|' || cast(a.source_known_on as varchar(10)) as row_key,
    a.known_on as known_on,
    trim(a.account_id) <> '' as has_account_id,
    trim(a.customer_id) <> '' as has_customer_id,
    a.opened_on <= a.source_known_on as is_opened_when_known,
    a.opened_on >= date '1990-01-01' as is_opened_since_1990,
    a.closed_on <= a.source_known_on as is_closed_when_known,
    a.closed_on >= a.opened_on as is_closed_after_opening,
    a.currency similar to '[A-Z][A-Z][A-Z]' as is_currency_a_code,
    a.rate_ratio between 0 and 1 as is_rate_in_range,
    case
        when a.product_id is not null and exists (select 1 as found from known_products) then p.product_id is not null
    end as is_product_known,
    case
        when a.branch_id is not null and exists (select 1 as found from known_branches) then b.branch_id is not null
    end as is_branch_known,
    case when trim(a.customer_id) <> '' then c.customer_id is not null end as is_customer_known
from landing.accounts as a
left join known_customers as c on a.customer_id = c.customer_id
left join known_products as p on a.product_id = p.product_id
left join known_branches as b on a.branch_id = b.branch_id
where a.known_on < cast(:as_of as date)
