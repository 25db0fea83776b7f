-- One row a customer known before :as_of: its stage of the relationship, the first of these tests that holds as of that day.
-- 1 prospect: it is outside the bank, or never had a contract nor a receipt or payment. 2 lost: all its accounts are closed and it has
-- nothing else here. 3 new: it joined less than :new_months ago. 4 lost: no receipt or payment for :lost_months; who never had any, and
-- holds something of worth, is not lost. 5 fading: turnover of six months under :fading_ratio of the six before. 6 growing: at least
-- :growing_ratio of them, and above zero. 7 unknown: when it joined is not told, and nothing shows it here :loyal_months ago. 8 loyal: with
-- the bank for :loyal_months. 9 growing: the others, as a relationship is still being formed. Tests 4 to 6 need books that go back as far;
-- where they do not, they do not hold. It joined on the day told, else with its first account, loan or holding, else in its first month with a
-- receipt or payment; but that month tells it only where the books were silent of it for :lost_months before: else it may have been here
-- when they began.
-- since is the as_of of the first of the runs that stand without a break in which it is in this stage, as :previous_run_id tells.
with told as materialized (
    select min(f.month) as first_month
    from facts.customer_month as f
    where f.month < cast(:as_of as date) and f.known_month < cast(:as_of as date)
),

known as (
    select
        n.customer_id,
        n.relation,
        n.joined_on
    from current.customers(:as_of) as n
),

account_rows as (
    select
        a.customer_id,
        a.opened_on,
        a.closed_on
    from current.accounts(:as_of) as a
),

accounts_of_customer as (
    select
        a.customer_id,
        min(a.opened_on) as first_opened_on,
        sum(case when a.closed_on is null or a.closed_on >= cast(:as_of as date) then 1 else 0 end) as open_count
    from account_rows as a
    where a.opened_on is null or a.opened_on < cast(:as_of as date)
    group by a.customer_id
),

loan_rows as (
    select
        l.customer_id,
        l.granted_on
    from current.loans(:as_of) as l
),

holding_rows as (
    select
        h.customer_id,
        h.bought_on,
        h.matures_on,
        h.amount
    from current.holdings(:as_of) as h
),

-- what is no account: since when, and whether anything of worth is held now
other_contracts as (
    select
        u.customer_id,
        min(u.begun_on) as first_begun_on,
        max(u.is_of_worth) = 1 as holds_worth
    from (
        select
            l.customer_id,
            l.granted_on as begun_on,
            0 as is_of_worth
        from loan_rows as l
        where l.granted_on < cast(:as_of as date)
        union all
        select
            h.customer_id,
            h.bought_on as begun_on,
            case when h.amount > 0 and (h.matures_on is null or h.matures_on >= cast(:as_of as date)) then 1 else 0 end as is_of_worth
        from holding_rows as h
        where h.bought_on is null or h.bought_on < cast(:as_of as date)
    ) as u
    group by u.customer_id
),

holders as (
    select distinct p.customer_id
    from crm.product_positions_v1 as p
    where p.run_id = :run_id
),

flows as (
    select
        f.customer_id,
        min(case when f.inflow_count > 0 or f.outflow_count > 0 then f.month end) as first_flow_month,
        max(case when f.inflow_count > 0 or f.outflow_count > 0 then f.month end) as last_flow_month,
        sum(
            case when f.month >= cast(cast(:as_of as date) - interval '6' month as date) then f.inflow_amount - f.inflow_return_amount else 0 end
        ) as turnover_6m,
        sum(
            case
                when
                    f.month < cast(cast(:as_of as date) - interval '6' month as date)
                    and f.month >= cast(cast(:as_of as date) - interval '12' month as date)
                    then f.inflow_amount - f.inflow_return_amount
                else 0
            end
        ) as turnover_before_6m
    from facts.customer_month as f
    where f.month < cast(:as_of as date) and f.known_month < cast(:as_of as date)
    group by f.customer_id
),

described as (
    select
        k.customer_id,
        k.relation,
        coalesce(k.joined_on, least(a.first_opened_on, o.first_begun_on), f.first_flow_month) as joined_on,
        coalesce(
            coalesce(k.joined_on, a.first_opened_on, o.first_begun_on) is not null
            or f.first_flow_month >= cast(t.first_month + :lost_months * interval '1' month as date),
            false
        ) as is_joined_on_known,
        coalesce(o.holds_worth, false) as holds_worth,
        f.last_flow_month,
        coalesce(f.turnover_6m, 0) as turnover_6m,
        coalesce(f.turnover_before_6m, 0) as turnover_before_6m,
        a.customer_id is not null or o.customer_id is not null or h.customer_id is not null as has_contract,
        a.customer_id is not null and a.open_count = 0 and h.customer_id is null as has_closed_all,
        coalesce(t.first_month <= cast(cast(:as_of as date) - interval '12' month as date), false) as has_full_year,
        coalesce(t.first_month <= cast(cast(:as_of as date) - :lost_months * interval '1' month as date), false) as has_silence_received
    from known as k
    cross join told as t
    left join accounts_of_customer as a on k.customer_id = a.customer_id
    left join other_contracts as o on k.customer_id = o.customer_id
    left join holders as h on k.customer_id = h.customer_id
    left join flows as f on k.customer_id = f.customer_id
),

judged as (
    select
        d.customer_id,
        d.joined_on,
        d.last_flow_month,
        d.turnover_6m,
        d.turnover_before_6m,
        case
            when d.relation = 'outside' then 'outside'
            when not d.has_contract and d.last_flow_month is null then 'no_contract'
            when d.has_closed_all then 'accounts_closed'
            when
                d.is_joined_on_known and d.joined_on > cast(cast(:as_of as date) - :new_months * interval '1' month as date)
                then 'joined_lately'
            when
                d.has_silence_received
                and coalesce(d.last_flow_month < cast(cast(:as_of as date) - :lost_months * interval '1' month as date), not d.holds_worth)
                then 'silent'
            when d.has_full_year and d.turnover_6m < :fading_ratio * d.turnover_before_6m then 'turnover_falls'
            when
                d.has_full_year and d.turnover_6m > 0 and d.turnover_6m >= :growing_ratio * d.turnover_before_6m
                then 'turnover_rises'
            when
                not d.is_joined_on_known
                and coalesce(d.joined_on > cast(cast(:as_of as date) - :loyal_months * interval '1' month as date), true)
                then 'joined_on_unknown'
            when d.joined_on > cast(cast(:as_of as date) - :loyal_months * interval '1' month as date) then 'still_forming'
            else 'long_with_bank'
        end as reason
    from described as d
),

staged as (
    select
        j.customer_id,
        j.reason,
        case
            when j.reason in ('outside', 'no_contract') then 'prospect'
            when j.reason in ('accounts_closed', 'silent') then 'lost'
            when j.reason = 'joined_lately' then 'new'
            when j.reason = 'turnover_falls' then 'fading'
            when j.reason in ('turnover_rises', 'still_forming') then 'growing'
            when j.reason = 'joined_on_unknown' then 'unknown'
            when j.reason = 'long_with_bank' then 'loyal'
        end as stage,
        j.joined_on,
        j.last_flow_month,
        j.turnover_6m,
        j.turnover_before_6m
    from judged as j
),

before as (
    select
        l.customer_id,
        l.stage,
        l.since
    from crm.lifecycle_v1 as l
    where l.run_id = cast(:previous_run_id as varchar(64))
)

select
    :run_id as run_id,
    s.customer_id,
    cast(:as_of as date) as as_of,
    s.stage,
    s.reason,
    case when b.stage = s.stage then b.since else cast(:as_of as date) end as since,
    b.stage as previous_stage,
    s.joined_on,
    s.last_flow_month,
    cast(s.turnover_6m as numeric(18, 2)) as turnover_6m,
    cast(s.turnover_before_6m as numeric(18, 2)) as turnover_before_6m,
    :rule_version as rule_version
from staged as s
left join before as b on s.customer_id = b.customer_id
