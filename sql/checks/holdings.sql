-- One row a holding as stated; known before :as_of. Each is_/has_ column is a promise: false where broken, null where it cannot be told.
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
    h.holding_id || '|' || cast(h.source_known_on as varchar(10)) as row_key,
    h.known_on as known_on,
    trim(h.holding_id) <> '' as has_holding_id,
    trim(h.customer_id) <> '' as has_customer_id,
    h.bought_on <= h.source_known_on as is_bought_when_known,
    h.amount >= 0 as has_no_negative_amount,
    h.bought_on >= date '1990-01-01' as is_bought_since_1990,
    h.matures_on >= h.bought_on as is_matured_after_buying,
    h.amount <= 10000000000 as is_amount_plausible,
    h.nav_ratio between 0.01 and 100 as is_price_plausible,
    case
        when h.product_id is not null and exists (select 1 as found from known_products) then p.product_id is not null
    end as is_product_known,
    case when trim(h.customer_id) <> '' then c.customer_id is not null end as is_customer_known
from landing.holdings as h
left join known_customers as c on h.customer_id = c.customer_id
left join known_products as p on h.product_id = p.product_id
where h.known_on < cast(:as_of as date)
