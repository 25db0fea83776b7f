-- One row a customer known before :as_of, by the key-account rule: existing, potential or neither, and why.
-- Value is the contribution of the last twelve months of the books where the bank tells costs, else the turnover of twelve months, and basis
-- says which. Key accounts are the fewest customers that make :entry_share of all positive value, largest first, ties by customer_id; who was
-- one at :previous_as_of stays one up to :exit_share, so that nobody goes in and out at an edge. Without positive value nobody is one, nor has
-- a place. Potential is who is no key account and has turnover, or is outside the bank with a yearly report of net income; but who stands on the
-- blacklist, as features.marketing_exclusions of :as_of says, is no prospect: neither, for that reason. Who is a key account stays one, listed or not: its
-- value is a fact. Other bars change nothing here: who has not consented is a prospect whom nobody may court.
with known as (
    select
        c.customer_id,
        c.relation
    from current.customers(:as_of) as c
),

turnover as (
    select
        f.customer_id,
        sum(f.inflow_amount - f.inflow_return_amount) as turnover_12m
    from facts.customer_month as f
    where
        f.month < cast(:as_of as date)
        and f.known_month < cast(:as_of as date)
        and f.month >= cast(cast(:as_of as date) - interval '12' month as date)
    group by f.customer_id
),

valued as (
    select
        k.customer_id,
        case when p.costs_month is not null then 'contribution_12m' else 'turnover_12m' end as basis,
        cast(case when p.costs_month is not null then p.contribution_12m else coalesce(t.turnover_12m, 0) end as numeric(18, 2))
            as value_12m,
        coalesce(t.turnover_12m, 0) > 0
        or (k.relation = 'outside' and coalesce(p.report_net_income, 0) > 0) as has_prospects,
        n.customer_id is not null as is_listed,
        coalesce(b.is_key_account, false) as was_key_account
    from known as k
    left join features.customer_positions as p on k.customer_id = p.customer_id and p.as_of = cast(:as_of as date)
    left join turnover as t on k.customer_id = t.customer_id
    left join features.marketing_exclusions as n
        on k.customer_id = n.customer_id and n.as_of = cast(:as_of as date) and n.cause = 'blacklisted'
    left join features.key_accounts as b on k.customer_id = b.customer_id and b.as_of = cast(:previous_as_of as date)
),

placed as (
    select
        v.customer_id,
        v.basis,
        v.value_12m,
        v.value_12m > 0 as has_value,
        v.has_prospects,
        v.is_listed,
        v.was_key_account,
        row_number() over (order by v.value_12m desc, v.customer_id collate "C" asc) as place,  -- noqa: references.consistent
        sum(v.value_12m) over (partition by v.value_12m > 0) as total_value,
        sum(v.value_12m) over (
            order by v.value_12m desc, v.customer_id collate "C" asc  -- noqa: references.consistent
            rows between unbounded preceding and current row
        ) - v.value_12m as value_before
    from valued as v
),

judged as (
    select
        p.customer_id,
        p.basis,
        p.value_12m,
        p.has_value,
        p.has_prospects,
        p.is_listed,
        p.place,
        p.total_value,
        p.has_value and p.value_before < :entry_share * p.total_value as enters,
        p.has_value and p.was_key_account and p.value_before < :exit_share * p.total_value as stays
    from placed as p
)

select
    j.customer_id,
    cast(:as_of as date) as as_of,
    :rule_version as rule_version,
    j.enters or j.stays as is_key_account,
    j.basis,
    j.value_12m,
    case
        when j.has_value
            then cast(j.value_12m as double precision) / nullif(cast(j.total_value as double precision), 0)
    end as value_share,
    case when j.has_value then cast(j.place as integer) end as place,
    case
        when j.enters or j.stays then 'existing'
        when j.is_listed then 'neither'
        when j.has_prospects then 'potential'
        else 'neither'
    end as account_class,
    case
        when j.enters then 'among_the_largest'
        when j.stays then 'kept_until_exit'
        when j.is_listed then 'blacklisted'
    end as reason
from judged as j
