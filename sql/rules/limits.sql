-- One row a customer with a relation (level customer, whose key is customer_id) and a connected group (level group) known before :as_of: what
-- the bank may lose by it beside what it may lend. loans_cny is what is owed, of the last month told (a late row stands as in the month before,
-- unless the loan is past its day); exposure_cny is that and what of the limits is not drawn, of loans whose day has not come, unless they were
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
    from (
        select
            c.customer_id,
            c.relation,
            row_number() over (partition by c.customer_id order by c.source_known_on desc) as newest
        from valid.customers as c
        where c.known_on < cast(:as_of as date)
    ) as n
    where n.newest = 1 and n.relation = 'customer'
),

loan_register as (
    select
        n.loan_id,
        n.customer_id,
        n.is_over,
        n.is_new,
        n.limit_cny,
        n.collateral_cny
    from (
        select
            l.loan_id,
            l.customer_id,
            coalesce(l.matures_on < cast(:as_of as date), false) as is_over,
            l.granted_on >= cast(t.month + interval '1' month as date) and l.granted_on < cast(:as_of as date) as is_new,
            coalesce(l.limit_cny, l.principal_cny) as limit_cny,
            l.collateral_cny,
            row_number() over (partition by l.loan_id order by l.source_known_on desc) as newest
        from valid.loans as l
        cross join told as t
        where l.known_on < cast(:as_of as date)
    ) as n
    where n.newest = 1
),

last_months as (
    select
        n.loan_id,
        n.customer_id,
        n.is_late,
        n.outstanding_cny,
        n.written_off_cny
    from (
        select
            m.loan_id,
            m.customer_id,
            m.month < t.month as is_late,
            m.outstanding_cny,
            m.written_off_cny,
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
        case when o.loan_id is null or (o.is_late and coalesce(l.is_over, false)) then 0 else o.outstanding_cny end as outstanding_cny,
        not l.is_over and case when o.loan_id is null then l.is_new else coalesce(o.written_off_cny, 0) = 0 end as is_open,
        l.limit_cny,
        l.collateral_cny
    from loan_register as l
    full outer join last_months as o on l.loan_id = o.loan_id
),

debts as (
    select
        p.customer_id,
        sum(p.outstanding_cny) as loans_cny,
        sum(greatest(p.outstanding_cny, case when p.is_open then coalesce(p.limit_cny, 0) else 0 end)) as exposure_cny,
        sum(case when p.outstanding_cny > 0 or p.is_open then coalesce(p.collateral_cny, 0) else 0 end) as collateral_cny
    from paired as p
    group by p.customer_id
),

outside as (
    select
        n.customer_id,
        n.exposure_cny,
        n.bank_count
    from (
        select
            o.customer_id,
            o.exposure_cny,
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
        case when t.month is not null then coalesce(d.loans_cny, 0) end as loans_cny,
        case when t.month is not null then coalesce(d.exposure_cny, 0) end as exposure_cny,
        case when t.month is not null then coalesce(d.collateral_cny, 0) end as collateral_cny,
        o.exposure_cny as outside_exposure_cny,
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
        e.loans_cny,
        e.exposure_cny,
        e.collateral_cny,
        cast(cast(nullif(:net_capital_cny, 0) as numeric(18, 2)) * cast(:loan_share as numeric(9, 6)) as numeric(18, 2)) as loan_limit_cny,
        cast(cast(nullif(:tier1_capital_cny, 0) as numeric(18, 2)) * cast(:customer_share as numeric(9, 6)) as numeric(18, 2))
            as exposure_limit_cny,
        e.outside_exposure_cny,
        e.outside_bank_count
    from exposed as e
    union all
    select
        'group' as level,
        g.connected_group_id as key,
        sum(e.loans_cny) as loans_cny,
        sum(e.exposure_cny) as exposure_cny,
        sum(e.collateral_cny) as collateral_cny,
        cast(null as numeric(18, 2)) as loan_limit_cny,
        cast(cast(nullif(:tier1_capital_cny, 0) as numeric(18, 2)) * cast(:group_share as numeric(9, 6)) as numeric(18, 2))
            as exposure_limit_cny,
        sum(e.outside_exposure_cny) as outside_exposure_cny,
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
        v.loans_cny,
        v.exposure_cny,
        v.collateral_cny,
        v.loan_limit_cny,
        v.exposure_limit_cny,
        v.outside_exposure_cny,
        v.outside_bank_count,
        case
            when v.level = 'group' then v.exposure_limit_cny - v.exposure_cny
            else least(v.loan_limit_cny - v.loans_cny, v.exposure_limit_cny - v.exposure_cny)
        end as headroom_cny
    from levels as v
)

select
    :run_id as run_id,
    v.level,
    v.key,
    cast(:as_of as date) as as_of,
    cast(v.loans_cny as numeric(18, 2)) as loans_cny,
    cast(v.exposure_cny as numeric(18, 2)) as exposure_cny,
    cast(v.collateral_cny as numeric(18, 2)) as collateral_cny,
    v.loan_limit_cny,
    v.exposure_limit_cny,
    cast(v.headroom_cny as numeric(18, 2)) as headroom_cny,
    greatest(
        cast(v.loans_cny as double precision) / nullif(cast(v.loan_limit_cny as double precision), 0),
        cast(v.exposure_cny as double precision) / nullif(cast(v.exposure_limit_cny as double precision), 0)
    ) as use_ratio,
    v.headroom_cny < 0 as is_over,
    v.headroom_cny < 0 as syndication_suggested,
    cast(case when v.headroom_cny < 0 then -v.headroom_cny else 0 * v.headroom_cny end as numeric(18, 2)) as syndication_cny,
    cast(v.outside_exposure_cny as numeric(18, 2)) as outside_exposure_cny,
    cast(v.outside_bank_count as integer) as outside_bank_count,
    case
        when v.loans_cny is null then 'loans_not_told'
        when v.exposure_limit_cny is null then 'capital_not_told'
    end as cause,
    :rule_version as rule_version
from measured as v
