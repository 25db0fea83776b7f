-- One row a customer's profile field as stated; known before :as_of. Each is_/has_ column is a promise: false where broken, null where it cannot be told.
with known_customers as (
    select distinct k.customer_id as customer_id
    from landing.customers as k
    where k.known_on < cast(:as_of as date)
)

select
    p.customer_id
    || '|' || replace(replace(p.field_group, '~', '~0'), '|', '~1')
    || '|' || replace(replace(p.field, '~', '~0'), '|', '~1')
    || '|' || cast(p.source_known_on as varchar(10)) as row_key,
    p.known_on as known_on,
    trim(p.customer_id) <> '' as has_customer_id,
    trim(p.field_group) <> '' and trim(p.field) <> '' as has_field,
    p.updated_on <= p.source_known_on as is_updated_when_known,
    p.updated_on >= date '1990-01-01' as is_updated_since_1990,
    case when trim(p.customer_id) <> '' then c.customer_id is not null end as is_customer_known
from landing.profile_fields as p
left join known_customers as c on p.customer_id = c.customer_id
where p.known_on < cast(:as_of as date)
