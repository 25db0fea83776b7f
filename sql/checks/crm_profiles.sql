-- One row a customer as the CRM stated it; known before :as_of. Each is_/has_ column is a promise: false where broken, null where it cannot be told.
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
    s.customer_id || '|' || cast(s.source_known_on as varchar(10)) as row_key,
    s.known_on as known_on,
    trim(s.customer_id) <> '' as has_customer_id,
    s.updated_on <= s.source_known_on as is_updated_when_known,
    s.updated_on >= date '1990-01-01' as is_updated_since_1990,
    s.product_count >= 0 as has_no_negative_count,
    coalesce(s.deposit_balance, 0) >= 0
    and coalesce(s.loan_balance, 0) >= 0 as has_no_negative_amount,
    case
        when s.branch_id is not null and exists (select 1 as found from known_branches) then b.branch_id is not null
    end as is_branch_known,
    case
        when s.manager_id is not null and exists (select 1 as found from known_managers) then g.manager_id is not null
    end as is_manager_known,
    case when trim(s.customer_id) <> '' then c.customer_id is not null end as is_customer_known
from landing.crm_profiles as s
left join known_customers as c on s.customer_id = c.customer_id
left join known_branches as b on s.branch_id = b.branch_id
left join known_managers as g on s.manager_id = g.manager_id
where s.known_on < cast(:as_of as date)
