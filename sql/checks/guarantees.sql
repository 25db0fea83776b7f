-- One row a guarantee as stated; known before :as_of. Each is_/has_ column is a promise: false where broken, null where it cannot be told.
with known_customers as (
    select distinct k.customer_id as customer_id
    from landing.customers as k
    where k.known_on < cast(:as_of as date)
)

select
    g.guarantee_id || '|' || cast(g.source_known_on as varchar(10)) as row_key,
    g.known_on as known_on,
    trim(g.guarantee_id) <> '' as has_guarantee_id,
    trim(g.guarantor_id) <> '' as has_guarantor_id,
    trim(g.customer_id) <> '' as has_customer_id,
    case when trim(g.customer_id) <> '' then g.guarantor_id <> g.customer_id end as is_guarantor_another,
    g.granted_on <= g.source_known_on as is_granted_when_known,
    g.amount >= 0 as has_no_negative_amount,
    g.granted_on >= date '1990-01-01' as is_granted_since_1990,
    g.ends_on >= g.granted_on as is_ended_after_granting,
    case when trim(g.guarantor_id) <> '' then w.customer_id is not null end as is_guarantor_known,
    case when trim(g.customer_id) <> '' then c.customer_id is not null end as is_customer_known
from landing.guarantees as g
left join known_customers as c on g.customer_id = c.customer_id
left join known_customers as w on g.guarantor_id = w.customer_id
where g.known_on < cast(:as_of as date)
