-- One row a link between two customers as told before :as_of: a firm and its parent (landing.customers.group_id), or a guarantor and whom it
-- answers for, while the guarantee is in force: granted before :as_of and not ended before it. Which end comes first means nothing.
-- is_known: that end is a customer whom the bank knows; has_guarantees: the bank has told any guarantee at all.
with known as (
    select
        n.customer_id,
        n.group_id
    from current.customers(:as_of) as n
),

guarantee_rows as (
    select
        g.guarantor_id,
        g.customer_id,
        g.granted_on,
        g.ends_on
    from current.guarantees(:as_of) as g
),

told as materialized (
    select count(g.customer_id) > 0 as has_guarantees
    from guarantee_rows as g
),

links as (
    select
        k.customer_id as one_id,
        k.group_id as other_id,
        false as is_guarantee
    from known as k
    where k.group_id is not null
    union all
    select
        g.guarantor_id as one_id,
        g.customer_id as other_id,
        true as is_guarantee
    from guarantee_rows as g
    where
        (g.granted_on is null or g.granted_on < cast(:as_of as date))
        and (g.ends_on is null or g.ends_on >= cast(:as_of as date))
)

select
    l.one_id,
    l.other_id,
    l.is_guarantee,
    a.customer_id is not null as is_one_known,
    b.customer_id is not null as is_other_known,
    t.has_guarantees
from links as l
cross join told as t
left join known as a on l.one_id = a.customer_id
left join known as b on l.other_id = b.customer_id
