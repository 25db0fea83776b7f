-- One row a customer and day of the :months months before :as_of on which two or more branches met it, as told before :as_of.
-- The branches are in the order of their ids, as a contact has a day and no hour. A contact is read since it was told in these months: it
-- was not told before it was made, so a newer row of it is among them.
with contact_rows as (
    select
        k.contact_id,
        k.customer_id,
        k.contacted_on,
        k.branch_id,
        row_number() over (partition by k.contact_id order by k.source_known_on desc) as newest
    from valid.contacts as k
    where
        k.known_on < cast(:as_of as date)
        and k.known_on >= cast(cast(:as_of as date) - :months * interval '1' month as date)
),

met as (
    select
        k.customer_id,
        k.contacted_on,
        k.branch_id,
        count(*) as contact_count
    from contact_rows as k
    where
        k.newest = 1
        and k.contacted_on < cast(:as_of as date)
        and k.contacted_on >= cast(cast(:as_of as date) - :months * interval '1' month as date)
        and k.branch_id is not null
    group by k.customer_id, k.contacted_on, k.branch_id
),

placed as (
    select
        m.customer_id,
        m.contacted_on,
        m.branch_id,
        m.contact_count,
        row_number() over (
            partition by m.customer_id, m.contacted_on
            order by m.branch_id collate "C" asc  -- noqa: references.consistent
        ) as place
    from met as m
)

select
    :run_id as run_id,
    p.customer_id,
    p.contacted_on,
    cast(:as_of as date) as as_of,
    cast(sum(p.contact_count) as integer) as contact_count,
    cast(count(*) as integer) as branch_count,
    max(case when p.place = 1 then p.branch_id end) as first_branch_id,
    max(case when p.place = 2 then p.branch_id end) as second_branch_id,
    :rule_version as rule_version
from placed as p
group by p.customer_id, p.contacted_on
having count(*) > 1
