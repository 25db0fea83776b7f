-- One row a contact as stated; known before :as_of. Each is_/has_ column is a promise: false where broken, null where it cannot be told.
with known_customers as (
    select distinct k.customer_id as customer_id
    from landing.customers as k
    where k.known_on < cast(:as_of as date)
),

known_branches as (
    select distinct k.branch_id as branch_id
    from landing.branches as k
    where k.known_on < cast(:as_of as date)
),

known_managers as (
    select distinct k.manager_id as manager_id
    from landing.managers as k
    where k.known_on < cast(:as_of as date)
)

select
    k.contact_id || '|' || cast(k.source_known_on as varchar(10)) as row_key,
    k.known_on as known_on,
    trim(k.contact_id) <> '' as has_contact_id,
    trim(k.customer_id) <> '' as has_customer_id,
    k.contacted_on <= k.source_known_on as is_contacted_when_known,
    k.contacted_on >= date '1990-01-01' as is_contacted_since_1990,
    k.channel in ('visit', 'call', 'message', 'event') as is_channel_known,
    case
        when k.branch_id is not null and exists (select 1 as found from known_branches) then b.branch_id is not null
    end as is_branch_known,
    case
        when k.manager_id is not null and exists (select 1 as found from known_managers) then g.manager_id is not null
    end as is_manager_known,
    case when trim(k.customer_id) <> '' then c.customer_id is not null end as is_customer_known
from landing.contacts as k
left join known_customers as c on k.customer_id = c.customer_id
left join known_branches as b on k.branch_id = b.branch_id
left join known_managers as g on k.manager_id = g.manager_id
where k.known_on < cast(:as_of as date)
