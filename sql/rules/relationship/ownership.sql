-- One row a customer with a relation known before :as_of: the branch that it is registered with, and the one that most of its bookings of
-- the last :months whole months were made at. A proposal: nothing here changes the register. Voids and bookings without a branch do not
-- count. Of branches with as many bookings the registered one comes first, then the one with the later last booking, then by branch_id.
-- Fewer than :min_transactions bookings propose nothing, for the cause named; without a registered branch is_mismatch is null.
with current_customers as (
    select
        n.customer_id,
        n.branch_id
    from current.customers(:as_of) as n
    where n.relation = 'customer'
),

counted as (
    select
        t.customer_id,
        t.branch_id,
        count(*) as transaction_count,
        max(t.booked_on) as last_booked_on
    from valid.transactions as t
    where
        t.known_on < cast(:as_of as date)
        and t.booked_on < cast(:as_of as date)
        and t.booked_on >= cast(cast(:as_of as date) - :months * interval '1' month as date)
        and t.branch_id is not null
        and not t.is_void
    group by t.customer_id, t.branch_id
),

told as materialized (
    select count(k.branch_id) > 0 as is_received
    from counted as k
),

placed as (
    select
        c.customer_id,
        c.branch_id as registered_branch_id,
        k.branch_id as proposed_branch_id,
        k.transaction_count as proposed_count,
        coalesce(sum(k.transaction_count) over (partition by c.customer_id), 0) as transaction_count,
        row_number() over (
            partition by c.customer_id
            order by
                k.transaction_count desc,
                case when k.branch_id = c.branch_id then 0 else 1 end asc,
                k.last_booked_on desc,
                k.branch_id collate "C" asc  -- noqa: references.consistent
        ) as place
    from current_customers as c
    left join counted as k on c.customer_id = k.customer_id
),

judged as (
    select
        p.customer_id,
        p.registered_branch_id,
        p.proposed_branch_id,
        p.proposed_count,
        p.transaction_count,
        case
            when not b.is_received then 'branches_not_received'
            when p.transaction_count < :min_transactions then 'too_few_transactions'
        end as cause
    from placed as p
    cross join told as b
    where p.place = 1
)

select
    :run_id as run_id,
    j.customer_id,
    cast(:as_of as date) as as_of,
    j.registered_branch_id,
    case when j.cause is null then j.proposed_branch_id end as proposed_branch_id,
    cast(case when j.cause is null or j.cause <> 'branches_not_received' then j.transaction_count end as integer) as transaction_count,
    cast(case when j.cause is null then j.proposed_count end as integer) as proposed_count,
    case when j.cause is null then cast(j.proposed_count as double precision) / j.transaction_count end as proposed_share,
    case when j.cause is null then j.proposed_branch_id <> j.registered_branch_id end as is_mismatch,
    j.cause,
    :rule_version as rule_version
from judged as j
