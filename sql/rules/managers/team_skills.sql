-- One row a branch that has customers or managers as of :as_of, and skill: who of its team (crm.manager_skills_v1 of the run) holds it, and which
-- of its customers need it. Companies need corporate, persons retail, who owes a loan credit, who has a wealth product, a fund or an insurance
-- wealth, and who has a service (payroll, e-banking, acquiring) settlement; customers are those with a relation. So of each skill the branches add up
-- to the bank; whose branch is not told is counted under 'unknown'. Needed is a skill that :least_customers of the branch need, or one key account.
-- A gap is a needed skill that nobody there holds. Where it is not told of all of the team, what nobody is told to hold is unknown (null, with a cause);
-- counts of customers are null where the bank does not tell what the need is read from. A product in no register makes no need.
with told as materialized (
    select
        (
            select max(m.known_on)
            from valid.managers as m
            where m.known_on < cast(:as_of as date)
        ) is not null as has_managers,
        (
            select max(s.known_on)
            from valid.manager_skills as s
            where s.known_on < cast(:as_of as date)
        ) is not null as has_skills,
        (
            select max(p.loans_month)
            from features.customer_positions as p
            where p.as_of = cast(:as_of as date)
        ) is not null as has_loans,
        (
            select max(h.known_on)
            from valid.holdings as h
            where h.known_on < cast(:as_of as date)
        ) is not null as has_holdings
),

product_kinds as (
    select
        n.product_id,
        case when n.kind in ('wealth', 'fund', 'insurance') then 1 else 0 end as of_wealth,
        case when n.kind = 'service' then 1 else 0 end as of_settlement
    from current.products(:as_of) as n
),

kinds_received as materialized (
    select
        coalesce(max(k.of_wealth), 0) = 1 as has_wealth,
        coalesce(max(k.of_settlement), 0) = 1 as has_settlement
    from product_kinds as k
),

held as (
    select
        x.customer_id,
        max(k.of_wealth) as needs_wealth,
        max(k.of_settlement) as needs_settlement
    from crm.product_positions_v1 as x
    inner join product_kinds as k on x.product_id = k.product_id
    where x.run_id = :run_id
    group by x.customer_id
),

current_customers as (
    select
        n.customer_id,
        coalesce(n.branch_id, 'unknown') as branch_id,
        n.kind
    from current.customers(:as_of) as n
    where n.relation = 'customer'
),

needing as (
    select
        c.branch_id,
        case when k.account_class = 'existing' then 1 else 0 end as is_key,
        case when c.kind = 'company' then 1 else 0 end as needs_corporate,
        case when c.kind = 'person' then 1 else 0 end as needs_retail,
        case when p.loan_balance > 0 then 1 else 0 end as needs_credit,
        coalesce(h.needs_wealth, 0) as needs_wealth,
        coalesce(h.needs_settlement, 0) as needs_settlement
    from current_customers as c
    left join crm.key_accounts_v1 as k on c.customer_id = k.customer_id and k.run_id = :run_id
    left join features.customer_positions as p on c.customer_id = p.customer_id and p.as_of = cast(:as_of as date)
    left join held as h on c.customer_id = h.customer_id
),

needs_of_branch as (
    select
        n.branch_id,
        sum(n.needs_corporate) as corporate,
        sum(n.needs_retail) as retail,
        sum(n.needs_credit) as credit,
        sum(n.needs_wealth) as wealth,
        sum(n.needs_settlement) as settlement,
        sum(n.is_key * n.needs_corporate) as key_corporate,
        sum(n.is_key * n.needs_retail) as key_retail,
        sum(n.is_key * n.needs_credit) as key_credit,
        sum(n.is_key * n.needs_wealth) as key_wealth,
        sum(n.is_key * n.needs_settlement) as key_settlement
    from needing as n
    group by n.branch_id
),

teams as (
    select
        coalesce(m.branch_id, 'unknown') as branch_id,
        count(*) as manager_count,
        sum(case when m.is_corporate then 1 else 0 end) as corporate,
        sum(case when m.is_retail then 1 else 0 end) as retail,
        sum(case when m.is_credit then 1 else 0 end) as credit,
        sum(case when m.is_wealth then 1 else 0 end) as wealth,
        sum(case when m.is_settlement then 1 else 0 end) as settlement,
        sum(case when m.is_corporate is null then 1 else 0 end) as unknown_corporate,
        sum(case when m.is_retail is null then 1 else 0 end) as unknown_retail,
        sum(case when m.is_credit is null then 1 else 0 end) as unknown_credit,
        sum(case when m.is_wealth is null then 1 else 0 end) as unknown_wealth,
        sum(case when m.is_settlement is null then 1 else 0 end) as unknown_settlement
    from crm.manager_skills_v1 as m
    where m.run_id = :run_id
    group by coalesce(m.branch_id, 'unknown')
),

branches as (
    select n.branch_id
    from needs_of_branch as n
    union
    select t.branch_id
    from teams as t
),

skills as materialized (
    select
        'corporate' as skill,
        true as is_need_known
    union all
    select
        'retail' as skill,
        true as is_need_known
    union all
    select
        'credit' as skill,
        d.has_loans as is_need_known
    from told as d
    union all
    select
        'wealth' as skill,
        d.has_holdings and k.has_wealth as is_need_known
    from told as d
    cross join kinds_received as k
    union all
    select
        'settlement' as skill,
        d.has_holdings and k.has_settlement as is_need_known
    from told as d
    cross join kinds_received as k
),

-- the five skills of each branch; who is not counted is none
counted as (
    select
        b.branch_id,
        s.skill,
        s.is_need_known,
        t.manager_count,
        case s.skill
            when 'corporate' then t.corporate
            when 'retail' then t.retail
            when 'credit' then t.credit
            when 'wealth' then t.wealth
            when 'settlement' then t.settlement
        end as holder_count,
        case s.skill
            when 'corporate' then t.unknown_corporate
            when 'retail' then t.unknown_retail
            when 'credit' then t.unknown_credit
            when 'wealth' then t.unknown_wealth
            when 'settlement' then t.unknown_settlement
        end as unknown_count,
        case s.skill
            when 'corporate' then n.corporate
            when 'retail' then n.retail
            when 'credit' then n.credit
            when 'wealth' then n.wealth
            when 'settlement' then n.settlement
        end as customer_count,
        case s.skill
            when 'corporate' then n.key_corporate
            when 'retail' then n.key_retail
            when 'credit' then n.key_credit
            when 'wealth' then n.key_wealth
            when 'settlement' then n.key_settlement
        end as key_account_count
    from branches as b
    cross join skills as s
    left join teams as t on b.branch_id = t.branch_id
    left join needs_of_branch as n on b.branch_id = n.branch_id
),

known as (
    select
        c.branch_id,
        c.skill,
        d.has_managers,
        d.has_skills,
        case when d.has_managers then coalesce(c.manager_count, 0) end as manager_count,
        case when d.has_managers and d.has_skills then coalesce(c.holder_count, 0) end as holder_count,
        case when d.has_managers and d.has_skills then coalesce(c.unknown_count, 0) end as unknown_count,
        case when c.is_need_known then coalesce(c.customer_count, 0) end as customer_count,
        case when c.is_need_known then coalesce(c.key_account_count, 0) end as key_account_count
    from counted as c
    cross join told as d
),

judged as (
    select
        k.branch_id,
        k.skill,
        k.has_managers,
        k.has_skills,
        k.manager_count,
        k.holder_count,
        k.unknown_count,
        k.customer_count,
        k.key_account_count,
        case
            when k.branch_id = 'unknown' then null
            when k.holder_count > 0 then false
            when k.customer_count < :least_customers and k.key_account_count = 0 then false
            when k.customer_count is not null and k.unknown_count = 0 then true
        end as is_gap
    from known as k
)

select
    :run_id as run_id,
    j.branch_id,
    j.skill,
    cast(:as_of as date) as as_of,
    cast(j.manager_count as integer) as manager_count,
    cast(j.holder_count as integer) as holder_count,
    cast(j.unknown_count as integer) as unknown_count,
    cast(j.customer_count as integer) as customer_count,
    cast(j.key_account_count as integer) as key_account_count,
    j.is_gap,
    case
        when j.unknown_count = 0 then cast(j.customer_count as double precision) / cast(nullif(j.holder_count, 0) as double precision)
    end as customers_per_holder,
    case
        when j.is_gap is not null then null
        when j.branch_id = 'unknown' then 'branch_unknown'
        when not j.has_managers then 'managers_not_received'
        when not j.has_skills then 'skills_not_received'
        when j.customer_count is null then 'needs_unknown'
        else 'skills_unknown'
    end as cause,
    :rule_version as rule_version
from judged as j
