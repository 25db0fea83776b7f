-- One row a customer with a relation known before :as_of: how far what the bank has of it hangs on one manager, as told before :as_of.
-- Counted are contacts of the :months months before :as_of that name their manager. manager_id is who made most of them; of managers with as
-- many, the one who looks after the customer comes first, then the one with the later last contact, then by manager_id. Dependent is who
-- had :min_contacts contacts or more, of them a share of :share or more by that one; its deposits are at stake, of others nothing is (0).
-- Null is unknown: where the bank tells of no contacts cause says so, where it tells of no balances or profiles deposits and known_share are
-- null; known_share is of the fields of all groups.
with current_customers as (
    select
        n.customer_id,
        n.manager_id
    from current.customers(:as_of) as n
    where n.relation = 'customer'
),

told as materialized (
    select (
        select max(k.known_on)
        from landing.contacts as k
        where k.known_on < cast(:as_of as date)
    ) is not null as has_contacts
),

-- a contact is not told before it was made, so a newer row of one of these months was told in them as well
contact_rows as (
    select
        k.contact_id,
        k.customer_id,
        k.contacted_on,
        k.manager_id,
        row_number() over (partition by k.contact_id order by k.source_known_on desc) as newest
    from valid.contacts as k
    where
        k.known_on < cast(:as_of as date)
        and k.known_on >= cast(cast(:as_of as date) - :months * interval '1' month as date)
),

counted as (
    select
        k.customer_id,
        k.manager_id,
        count(*) as contact_count,
        max(k.contacted_on) as last_contacted_on
    from contact_rows as k
    where
        k.newest = 1
        and k.contacted_on < cast(:as_of as date)
        and k.contacted_on >= cast(cast(:as_of as date) - :months * interval '1' month as date)
        and k.manager_id is not null
    group by k.customer_id, k.manager_id
),

placed as (
    select
        c.customer_id,
        k.manager_id,
        k.contact_count as manager_contact_count,
        coalesce(sum(k.contact_count) over (partition by c.customer_id), 0) as contact_count,
        row_number() over (
            partition by c.customer_id
            order by
                k.contact_count desc,
                case when k.manager_id = c.manager_id then 0 else 1 end asc,
                k.last_contacted_on desc,
                k.manager_id collate "C" asc  -- noqa: references.consistent
        ) as place
    from current_customers as c
    left join counted as k on c.customer_id = k.customer_id
),

shares as (
    select
        p.customer_id,
        case when t.has_contacts then p.contact_count end as contact_count,
        p.manager_id,
        cast(p.manager_contact_count as double precision) / p.contact_count as manager_share
    from placed as p
    cross join told as t
    where p.place = 1
),

judged as (
    select
        s.customer_id,
        s.contact_count,
        s.manager_id,
        s.manager_share,
        s.contact_count >= :min_contacts and s.manager_share >= :share as is_dependent
    from shares as s
)

select
    :run_id as run_id,
    s.customer_id,
    cast(:as_of as date) as as_of,
    cast(s.contact_count as integer) as contact_count,
    s.manager_id,
    s.manager_share,
    cast(case when s.is_dependent then b.deposit_balance when b.deposit_balance is not null and not s.is_dependent then 0 end as numeric(18, 2))
        as deposits_at_stake,
    s.is_dependent,
    f.filled_share as known_share,
    f.fields_filled > 0 as has_profile,
    case when s.contact_count is null then 'contacts_not_received' end as cause,
    :rule_version as rule_version
from judged as s
left join features.customer_positions as b on s.customer_id = b.customer_id and b.as_of = cast(:as_of as date)
left join crm.profile_completeness_v1 as f
    on s.customer_id = f.key and f.level = 'customer' and f.field_group = 'all' and f.run_id = :run_id
