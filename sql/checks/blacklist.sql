-- One row an entry of the blacklist as stated; known before :as_of. Each is_/has_ column is a promise: false where broken, null where it cannot be told.
with known_customers as (
    select distinct k.customer_id as customer_id
    from landing.customers as k
    where k.known_on < cast(:as_of as date)
)

select
    b.entry_id || '|' || cast(b.source_known_on as varchar(10)) as row_key,
    b.known_on as known_on,
    trim(b.entry_id) <> '' as has_entry_id,
    trim(b.customer_id) <> '' as has_customer_id,
    trim(b.list_source) <> '' as has_list_source,
    b.lifted_on >= b.listed_on as is_lifted_after_listed,
    b.listed_on <= b.source_known_on as is_listed_when_known,
    b.listed_on >= date '1990-01-01' as is_listed_since_1990,
    case when trim(b.customer_id) <> '' then c.customer_id is not null end as is_customer_known
from landing.blacklist as b
left join known_customers as c on b.customer_id = c.customer_id
where b.known_on < cast(:as_of as date)
