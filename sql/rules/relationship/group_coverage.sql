-- One row a customer who has others below it in a group (crm.group_members_v1 of the run), tops and those between alike, and tops who are
-- outside the bank or in no register: of all who stand below it, through however many steps, how many are known here, have any contract
-- (crm.product_positions_v1), and have e-banking (crm.embedding_v1). Who is in a circle, or below one, is rolled up to nobody.
-- Null is unknown: the bank tells no accounts, or of no e-banking product; nobody outside the bank has e-banking.
with recursive links as (
    select
        m.customer_id,
        m.parent_customer_id
    from crm.group_members_v1 as m
    where m.run_id = :run_id and m.cause is null and m.parent_customer_id is not null
),

walk as (
    select
        l.parent_customer_id as ancestor_id,
        l.customer_id as member_id
    from links as l
    union all
    select
        l.parent_customer_id as ancestor_id,
        w.member_id
    from walk as w
    inner join links as l on w.ancestor_id = l.customer_id
),

current_customers as (
    select
        n.customer_id,
        n.relation
    from current.customers(:as_of) as n
),

holders as (
    select distinct p.customer_id
    from crm.product_positions_v1 as p
    where p.run_id = :run_id
),

told as materialized (
    select
        coalesce(max(case when e.product_count is not null then 1 else 0 end), 0) = 1 as has_accounts,
        coalesce(max(case when e.has_ebank is not null then 1 else 0 end), 0) = 1 as has_ebank_product
    from crm.embedding_v1 as e
    where e.run_id = :run_id
),

summed as (
    select
        w.ancestor_id,
        count(*) as members_known,
        count(h.customer_id) as members_with_account,
        sum(case when e.has_ebank then 1 else 0 end) as members_with_ebank
    from walk as w
    left join holders as h on w.member_id = h.customer_id
    left join crm.embedding_v1 as e on w.member_id = e.customer_id and e.run_id = :run_id
    group by w.ancestor_id
)

select
    :run_id as run_id,
    s.ancestor_id as customer_id,
    cast(:as_of as date) as as_of,
    coalesce(c.relation, 'unknown') as relation,
    coalesce(m.root_customer_id, s.ancestor_id) as root_customer_id,
    cast(coalesce(m.depth, 0) as integer) as depth,
    cast(s.members_known as integer) as members_known,
    cast(case when t.has_accounts then s.members_with_account end as integer) as members_with_account,
    cast(case when t.has_ebank_product then s.members_with_ebank end as integer) as members_with_ebank,
    case
        when t.has_accounts then cast(s.members_with_account as double precision) / cast(s.members_known as double precision)
    end as group_coverage,
    :rule_version as rule_version
from summed as s
cross join told as t
left join current_customers as c on s.ancestor_id = c.customer_id
left join crm.group_members_v1 as m on s.ancestor_id = m.customer_id and m.run_id = :run_id
