-- One row a level (customer, manager, branch, bank), key and group of profile fields ('all' is all groups): how much of what could be known
-- of customers with a relation is filled, as last told before :as_of. fields_expected is every field that the bank has told of for anyone, for
-- each customer: of whom it was never asked nothing is filled. Where the bank tells of no profiles there are no rows.
-- last_updated_on is the last day on which a filled field was updated; a profile older than :stale_days is stale. Age and staleness are of one
-- customer: above it the newest of many says nothing of the others, so they are null there, and stale_count says how many customers' are
-- stale. Who has no manager is counted under the key 'none', whose branch is not told under 'unknown'.
with current_customers as (
    select
        n.customer_id,
        coalesce(n.manager_id, 'none') as manager_key,
        coalesce(n.branch_id, 'unknown') as branch_key
    from current.customers(:as_of) as n
    where n.relation = 'customer'
),

told as (
    select
        p.customer_id,
        p.field_group,
        p.field,
        p.is_filled,
        p.updated_on,
        row_number() over (partition by p.customer_id, p.field_group, p.field order by p.source_known_on desc) as newest
    from valid.profile_fields as p
    where p.known_on < cast(:as_of as date) and (p.updated_on is null or p.updated_on < cast(:as_of as date))
),

expected as materialized (
    select
        t.field_group,
        count(distinct t.field) as field_count
    from told as t
    group by t.field_group
),

filled as (
    select
        t.customer_id,
        t.field_group,
        count(*) as field_count,
        max(t.updated_on) as last_updated_on
    from told as t
    where t.newest = 1 and t.is_filled
    group by t.customer_id, t.field_group
),

groups_of_customer as (
    select
        c.customer_id,
        c.manager_key,
        c.branch_key,
        e.field_group,
        e.field_count as fields_expected,
        coalesce(f.field_count, 0) as fields_filled,
        f.last_updated_on
    from current_customers as c
    cross join expected as e
    left join filled as f on c.customer_id = f.customer_id and e.field_group = f.field_group
),

customer_groups as (
    select
        g.customer_id,
        g.manager_key,
        g.branch_key,
        g.field_group,
        g.fields_expected,
        g.fields_filled,
        g.last_updated_on
    from groups_of_customer as g
    union all
    select
        g.customer_id,
        g.manager_key,
        g.branch_key,
        'all' as field_group,
        sum(g.fields_expected) as fields_expected,
        sum(g.fields_filled) as fields_filled,
        max(g.last_updated_on) as last_updated_on
    from groups_of_customer as g
    group by g.customer_id, g.manager_key, g.branch_key
),

aged as (
    select
        g.customer_id,
        g.manager_key,
        g.branch_key,
        g.field_group,
        g.fields_expected,
        g.fields_filled,
        g.last_updated_on,
        case when cast(:as_of as date) - g.last_updated_on > :stale_days then 1 else 0 end as stale_count
    from customer_groups as g
),

levels as (
    select
        'customer' as level,
        a.customer_id as key,
        a.field_group,
        1 as customer_count,
        a.stale_count,
        a.fields_expected,
        a.fields_filled,
        a.last_updated_on
    from aged as a
    union all
    select
        'manager' as level,
        a.manager_key as key,
        a.field_group,
        count(*) as customer_count,
        sum(a.stale_count) as stale_count,
        sum(a.fields_expected) as fields_expected,
        sum(a.fields_filled) as fields_filled,
        max(a.last_updated_on) as last_updated_on
    from aged as a
    group by a.manager_key, a.field_group
    union all
    select
        'branch' as level,
        a.branch_key as key,
        a.field_group,
        count(*) as customer_count,
        sum(a.stale_count) as stale_count,
        sum(a.fields_expected) as fields_expected,
        sum(a.fields_filled) as fields_filled,
        max(a.last_updated_on) as last_updated_on
    from aged as a
    group by a.branch_key, a.field_group
    union all
    select
        'bank' as level,
        'bank' as key,
        a.field_group,
        count(*) as customer_count,
        sum(a.stale_count) as stale_count,
        sum(a.fields_expected) as fields_expected,
        sum(a.fields_filled) as fields_filled,
        max(a.last_updated_on) as last_updated_on
    from aged as a
    group by a.field_group
)

select
    :run_id as run_id,
    v.level,
    v.key,
    v.field_group,
    cast(:as_of as date) as as_of,
    cast(v.customer_count as integer) as customer_count,
    cast(v.stale_count as integer) as stale_count,
    cast(v.fields_expected as integer) as fields_expected,
    cast(v.fields_filled as integer) as fields_filled,
    cast(v.fields_filled as double precision) / cast(v.fields_expected as double precision) as filled_share,
    v.last_updated_on,
    cast(case when v.level = 'customer' then cast(:as_of as date) - v.last_updated_on end as integer) as age_days,
    case when v.level = 'customer' then cast(:as_of as date) - v.last_updated_on > :stale_days end as is_stale,
    :rule_version as rule_version
from levels as v
