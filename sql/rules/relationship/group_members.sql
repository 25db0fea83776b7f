-- One row a customer known before :as_of that has a parent or is one: the top of its group and how far below it stands (0 is the top).
-- A group is a tree of parents (landing.customers.group_id names the parent). Who comes to a circle within :max_depth steps has no top and
-- the cause 'cycle': its group is not rolled up until the register is mended. A parent who is no customer is the top itself.
with recursive current_customers as (
    select
        n.customer_id,
        n.group_id as parent_customer_id
    from current.customers(:as_of) as n
),

walk as (
    select
        c.customer_id,
        c.parent_customer_id as ancestor_id,
        1 as depth
    from current_customers as c
    where c.parent_customer_id is not null
    union all
    select
        w.customer_id,
        c.parent_customer_id as ancestor_id,
        w.depth + 1 as depth
    from walk as w
    inner join current_customers as c on w.ancestor_id = c.customer_id
    where c.parent_customer_id is not null and w.depth <= :max_depth
),

climbed as (
    select
        w.customer_id,
        max(w.depth) as depth
    from walk as w
    group by w.customer_id
),

placed as (
    select
        c.customer_id,
        c.depth,
        w.ancestor_id as root_customer_id,
        c.depth > :max_depth as is_in_cycle
    from climbed as c
    inner join walk as w on c.customer_id = w.customer_id and c.depth = w.depth
),

tops as (
    select distinct p.root_customer_id as customer_id
    from placed as p
    where not p.is_in_cycle
)

select
    :run_id as run_id,
    c.customer_id,
    cast(:as_of as date) as as_of,
    c.parent_customer_id,
    case when t.customer_id is not null then c.customer_id when not p.is_in_cycle then p.root_customer_id end as root_customer_id,
    cast(case when t.customer_id is not null then 0 when not p.is_in_cycle then p.depth end as integer) as depth,
    case when p.is_in_cycle then 'cycle' end as cause,
    :rule_version as rule_version
from current_customers as c
left join placed as p on c.customer_id = p.customer_id
left join tops as t on c.customer_id = t.customer_id
where p.customer_id is not null or t.customer_id is not null
