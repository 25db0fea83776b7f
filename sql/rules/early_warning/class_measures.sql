-- One row a customer known before :as_of: what its class is judged by and who looks after it, as known that day. Null is not told, and `unknown`
-- names the columns that are, in their order, with commas between. Days past due and grade are those of its loans where the bank tells of loans,
-- else of its last events. An industry's trend is its turnover of six months to that of the six before, over the same of all industries, so that a
-- season tells nothing; it is told from :industry_customers customers on. is_industry_declining: that trend is under :decline_ratio and more of its
-- customers fade than grow, so its prospects are unclear. A connected firm is bad that stood at doubtful or exit in :previous_run_id, or whose floor
-- is doubtful now. A manager who has left before :as_of looks after nobody, whatever the register of customers still says.
with departed as (
    select n.manager_id
    from current.managers(:as_of) as n
    where n.left_on < cast(:as_of as date)
),

current_customers as (
    select
        n.customer_id,
        n.industry_code,
        n.branch_id,
        case
            when n.manager_id not in (
                select d.manager_id
                from departed as d
            ) then n.manager_id
        end as manager_id
    from current.customers(:as_of) as n
),

told as materialized (
    select count(*) > 0 as has_blacklist
    from crm.blacklist_v1 as b
    where b.run_id = :run_id
),

industries as (
    select
        c.industry_code,
        sum(l.turnover_6m) as turnover_6m,
        sum(l.turnover_before_6m) as turnover_before_6m,
        sum(case when l.stage = 'fading' then 1 when l.stage = 'growing' then -1 else 0 end) as fading_surplus,
        count(*) as customer_count
    from crm.lifecycle_v1 as l
    inner join current_customers as c on l.customer_id = c.customer_id
    where l.run_id = :run_id and l.turnover_6m + l.turnover_before_6m > 0
    group by c.industry_code
),

economy as materialized (
    select
        cast(sum(i.turnover_6m) as double precision) as turnover_6m,
        cast(sum(i.turnover_before_6m) as double precision) as turnover_before_6m
    from industries as i
),

trends as (
    select
        i.industry_code,
        i.fading_surplus,
        cast(i.turnover_6m as double precision) * e.turnover_before_6m
        / nullif(cast(i.turnover_before_6m as double precision) * e.turnover_6m, 0) as industry_trend
    from industries as i
    cross join economy as e
    where i.industry_code is not null and i.customer_count >= :industry_customers
),

listed as (
    select distinct b.customer_id
    from crm.blacklist_v1 as b
    where b.run_id = :run_id and b.state = 'listed'
),

own_limits as (
    select
        l.key as customer_id,
        l.is_over,
        l.use_ratio
    from crm.limits_v1 as l
    where l.run_id = :run_id and l.level = 'customer'
    union all
    select
        m.customer_id,
        l.is_over,
        l.use_ratio
    from crm.connected_groups_v1 as m
    inner join crm.limits_v1 as l on m.connected_group_id = l.key and m.run_id = l.run_id and l.level = 'group'
    where m.run_id = :run_id
),

-- branches whose delivery was short in one of the three months before :as_of: what is missing there is no decline and no repayment
short_branches as (
    select
        d.branch_id,
        max(case when d.table_name = 'transactions' then 1 else 0 end) = 1 as is_short_of_transactions,
        max(case when d.table_name = 'loan_months' then 1 else 0 end) = 1 as is_short_of_loans
    from ops.delivery_statistics as d
    where
        d.state = 'withheld'
        and d.as_of <= cast(:as_of as date)
        and d.as_of > cast(:as_of as date) - interval '3 months'
    group by d.branch_id
),

limits_of_customer as (
    select
        o.customer_id,
        max(case when o.is_over then 1 when not o.is_over then 0 end) as is_over,
        max(o.use_ratio) as limit_use_ratio
    from own_limits as o
    group by o.customer_id
),

measured as (
    select
        c.customer_id,
        c.branch_id,
        c.manager_id,
        s.status as score_status,
        s.cause as score_cause,
        s.score as distress_score,
        s.trend as score_rise,
        case
            when coalesce(h.is_short_of_loans, false) then null
            when p.loans_month is not null then cast(p.days_past_due as double precision)
            else f.arrears_days_3m
        end as days_past_due,
        case when p.loans_month is not null then cast(p.loan_class5 as double precision) else f.class5_latest end as class5,
        f.default_count_12m,
        p.loan_balance,
        p.written_off_amount_12m,
        case when not coalesce(h.is_short_of_transactions, false) then f.turnover_ratio_3m_12m end as turnover_ratio_3m_12m,
        x.is_over = 1 as is_over_limit,
        x.limit_use_ratio,
        case when t.has_blacklist then b.customer_id is not null end as is_blacklisted,
        i.industry_trend,
        i.industry_trend < :decline_ratio and i.fading_surplus > 0 as is_industry_declining,
        case when not coalesce(h.is_short_of_transactions, false) then l.stage end as stage,
        coalesce(k.account_class = 'existing', false) as is_key_account,
        r.machine_class as previous_class
    from current_customers as c
    cross join told as t
    left join crm.scores_v1 as s
        on c.customer_id = s.customer_id and s.run_id = :run_id and s.model_name = 'key_account_distress'
    left join features.customer_positions as p on c.customer_id = p.customer_id and p.as_of = cast(:as_of as date)
    left join features.customer_features as f on c.customer_id = f.customer_id and f.as_of = cast(:as_of as date)
    left join limits_of_customer as x on c.customer_id = x.customer_id
    left join short_branches as h on coalesce(c.branch_id, 'none') = h.branch_id
    left join listed as b on c.customer_id = b.customer_id
    left join trends as i on c.industry_code = i.industry_code
    left join crm.lifecycle_v1 as l on c.customer_id = l.customer_id and l.run_id = :run_id
    left join crm.key_accounts_v1 as k on c.customer_id = k.customer_id and k.run_id = :run_id
    left join crm.relationship_classes_v1 as r
        on c.customer_id = r.customer_id and r.run_id = cast(:previous_run_id as varchar(64))
),

bad as (
    select
        m.customer_id,
        case
            when m.previous_class in ('doubtful', 'exit') then 1
            when coalesce(m.is_blacklisted, false) then 1
            when coalesce(m.days_past_due, 0) > 90 or coalesce(m.class5, 1) >= 3 then 1
            when coalesce(m.default_count_12m, 0) > 0 or coalesce(m.written_off_amount_12m, 0) > 0 then 1
            else 0
        end as is_bad
    from measured as m
),

bad_of_group as (
    select
        g.customer_id,
        sum(b.is_bad) over (partition by g.connected_group_id) - b.is_bad as bad_others
    from crm.connected_groups_v1 as g
    inner join bad as b on g.customer_id = b.customer_id
    where g.run_id = :run_id
)

select
    :run_id as run_id,
    m.customer_id,
    cast(:as_of as date) as as_of,
    m.branch_id,
    m.manager_id,
    m.score_status,
    m.score_cause,
    m.distress_score,
    m.score_rise,
    m.days_past_due,
    cast(m.class5 as integer) as class5,
    cast(m.default_count_12m as integer) as default_count_12m,
    m.loan_balance,
    m.written_off_amount_12m,
    m.turnover_ratio_3m_12m,
    m.is_over_limit,
    m.limit_use_ratio,
    m.is_blacklisted,
    m.industry_trend,
    m.is_industry_declining,
    m.stage,
    m.is_key_account,
    cast(coalesce(g.bad_others, 0) as integer) as bad_connected_count,
    nullif(
        ltrim(
            case when m.distress_score is null then ',distress_score' else '' end
            || case when m.days_past_due is null then ',days_past_due' else '' end
            || case when m.class5 is null and m.loan_balance is null then ',class5' else '' end
            || case when m.default_count_12m is null then ',default_count_12m' else '' end
            || case when m.turnover_ratio_3m_12m is null then ',turnover_ratio_3m_12m' else '' end
            || case when m.is_over_limit is null then ',is_over_limit' else '' end
            || case when m.is_blacklisted is null then ',is_blacklisted' else '' end
            || case when m.industry_trend is null then ',industry_trend' else '' end,
            ','
        ),
        ''
    ) as unknown,
    :rule_version as rule_version
from measured as m
left join bad_of_group as g on m.customer_id = g.customer_id
