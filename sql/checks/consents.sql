-- One row a statement of a customer; known before :as_of. Each is_/has_ column is a promise: false where broken, null where it cannot be told.
-- A row that gives leave and a row that takes it are held to their day apart, as only what gives leave may be set aside.
with known_customers as (
    select distinct k.customer_id as customer_id
    from landing.customers as k
    where k.known_on < cast(:as_of as date)
)

select
    s.customer_id || '|' || cast(s.source_known_on as varchar(10)) as row_key,
    s.known_on as known_on,
    trim(s.customer_id) <> '' as has_customer_id,
    case when s.has_marketing_consent and s.erasure_requested_on is null then s.stated_on <= s.source_known_on end as is_given_when_known,
    case
        when not coalesce(s.has_marketing_consent, false) or s.erasure_requested_on is not null then s.stated_on <= s.source_known_on
    end as is_stated_when_known,
    s.erasure_requested_on <= s.source_known_on as is_erasure_requested_when_known,
    s.stated_on >= date '1990-01-01' as is_stated_since_1990,
    case when trim(s.customer_id) <> '' then c.customer_id is not null end as is_customer_known
from landing.consents as s
left join known_customers as c on s.customer_id = c.customer_id
where s.known_on < cast(:as_of as date)
