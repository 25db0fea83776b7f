-- One row a customer with a relation (level customer, whose key is customer_id) and a connected group (level group) known before :as_of: what
-- the bank may lose by it beside what it may lend. loan_balance is what is owed, of the last month told (a late row stands as in the month before,
-- unless the loan is past its day); exposure_amount is that and what of the limits is not drawn, of loans whose day has not come, unless they were
-- written off; a loan granted since the last month told counts with its limit. A guarantee adds nothing to the guarantor: the debt counts with
-- the debtor, and both are in one connected group, which would count it twice. Owed by one: up to :loan_share of net capital; lost by one: up to
-- :customer_share of tier-1 capital, by a group up to :group_share. Equal to a limit is within it. A group's outside_bank_count is the largest
-- of its members', as nobody tells which banks they are. Without loans told, or capital (0), nothing is over and nothing within: null, with a cause.
with told as (
    select max(m.month) as month
    from valid.loan_months as m
    where m.known_on < cast(:as_of as date) and m.month < cast(:as_of as date)
),

current_customers as (
    select n.customer_id
    from current.customers(:as_of) as n
    where n.relation = 'customer'
),

loan_register as (
    select
        l.loan_id,
        l.customer_id,
        coalesce(l.matures_on < cast(:as_of as date), false) as is_over,
        l.granted_on >= cast(t.month + interval '1' month as date) and l.granted_on < cast(:as_of as date) as is_new,
        coalesce(l.limit_amount, l.principal_amount) as limit_amount,
        l.collateral_value
    from current.loans(:as_of) as l
    cross join told as t
),

last_months as (
    select
        n.loan_id,
        n.customer_id,
        n.is_late,
        n.outstanding_amount,
        n.written_off_amount
    from (
        select
            m.loan_id,
            m.customer_id,
            m.month < t.month as is_late,
            m.outstanding_amount,
            m.written_off_amount,
            row_number() over (partition by m.loan_id order by m.month desc, m.source_known_on desc) as newest
        from valid.loan_months as m
        cross join told as t
        where
            m.known_on < cast(:as_of as date)
            and m.month <= t.month
            and m.month >= cast(t.month - interval '1' month as date)
    ) as n
    where n.newest = 1
),

paired as (
    select
        coalesce(l.customer_id, o.customer_id) as customer_id,
        case when o.loan_id is null or (o.is_late and coalesce(l.is_over, false)) then 0 else o.outstanding_amount end as outstanding_amount,
        not l.is_over and case when o.loan_id is null then l.is_new else coalesce(o.written_off_amount, 0) = 0 end as is_open,
        l.limit_amount,
        l.collateral_value
    from loan_register as l
    full outer join last_months as o on l.loan_id = o.loan_id
),

debts as (
    select
        p.customer_id,
        sum(p.outstanding_amount) as loan_balance,
        sum(greatest(p.outstanding_amount, case when p.is_open then coalesce(p.limit_amount, 0) else 0 end)) as exposure_amount,
        sum(case when p.outstanding_amount > 0 or p.is_open then coalesce(p.collateral_value, 0) else 0 end) as collateral_value
    from paired as p
    group by p.customer_id
),

outside as (
    select
        n.customer_id,
        n.exposure_amount,
        n.bank_count
    from (
        select
            o.customer_id,
            o.exposure_amount,
            o.bank_count,
            row_number() over (partition by o.customer_id order by o.month desc, o.source_known_on desc) as newest
        from valid.outside_exposures as o
        where
            o.known_on < cast(:as_of as date)
            and o.month < cast(:as_of as date)
            and o.month >= cast(cast(:as_of as date) - interval '12' month as date)
    ) as n
    where n.newest = 1
),

exposed as (
    select
        c.customer_id,
        case when t.month is not null then coalesce(d.loan_balance, 0) end as loan_balance,
        case when t.month is not null then coalesce(d.exposure_amount, 0) end as exposure_amount,
        case when t.month is not null then coalesce(d.collateral_value, 0) end as collateral_value,
        o.exposure_amount as outside_exposure_amount,
        o.bank_count as outside_bank_count
    from current_customers as c
    cross join told as t
    left join debts as d on c.customer_id = d.customer_id
    left join outside as o on c.customer_id = o.customer_id
),

levels as (
    select
        'customer' as level,
        e.customer_id as key,
        e.loan_balance,
        e.exposure_amount,
        e.collateral_value,
        cast(cast(nullif(:net_capital, 0) as numeric(18, 2)) * cast(:loan_share as numeric(9, 6)) as numeric(18, 2)) as loan_limit,
        cast(cast(nullif(:tier1_capital, 0) as numeric(18, 2)) * cast(:customer_share as numeric(9, 6)) as numeric(18, 2))
            as exposure_limit,
        e.outside_exposure_amount,
        e.outside_bank_count
    from exposed as e
    union all
    select
        'group' as level,
        g.connected_group_id as key,
        sum(e.loan_balance) as loan_balance,
        sum(e.exposure_amount) as exposure_amount,
        sum(e.collateral_value) as collateral_value,
        cast(null as numeric(18, 2)) as loan_limit,
        cast(cast(nullif(:tier1_capital, 0) as numeric(18, 2)) * cast(:group_share as numeric(9, 6)) as numeric(18, 2))
            as exposure_limit,
        sum(e.outside_exposure_amount) as outside_exposure_amount,
        max(e.outside_bank_count) as outside_bank_count
    from crm.connected_groups_v1 as g
    inner join exposed as e on g.customer_id = e.customer_id
    where g.run_id = :run_id
    group by g.connected_group_id
),

measured as (
    select
        v.level,
        v.key,
        v.loan_balance,
        v.exposure_amount,
        v.collateral_value,
        v.loan_limit,
        v.exposure_limit,
        v.outside_exposure_amount,
        v.outside_bank_count,
        case
            when v.level = 'group' then v.exposure_limit - v.exposure_amount
            else least(v.loan_limit - v.loan_balance, v.exposure_limit - v.exposure_amount)
        end as headroom
    from levels as v
)

select
    :run_id as run_id,
    v.level,
    v.key,
    cast(:as_of as date) as as_of,
    cast(v.loan_balance as numeric(18, 2)) as loan_balance,
    cast(v.exposure_amount as numeric(18, 2)) as exposure_amount,
    cast(v.collateral_value as numeric(18, 2)) as collateral_value,
    v.loan_limit,
    v.exposure_limit,
    cast(v.headroom as numeric(18, 2)) as headroom,
    greatest(
        cast(v.loan_balance as double precision) / nullif(cast(v.loan_limit as double precision), 0),
        cast(v.exposure_amount as double precision) / nullif(cast(v.exposure_limit as double precision), 0)
    ) as use_ratio,
    v.headroom < 0 as is_over,
    v.headroom < 0 as syndication_suggested,
    cast(case when v.headroom < 0 then -v.headroom else 0 * v.headroom end as numeric(18, 2)) as syndication_amount,
    cast(v.outside_exposure_amount as numeric(18, 2)) as outside_exposure_amount,
    cast(v.outside_bank_count as integer) as outside_bank_count,
    case
        when v.loan_balance is null then 'loans_not_received'
        when v.exposure_limit is null then 'capital_unknown'
    end as cause,
    :rule_version as rule_version
from measured as v
