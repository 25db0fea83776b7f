-- One row an alert that stands as of :as_of, one raised this run or carried on from :previous_run_id until the run that closes it.
-- Raised is one when a customer comes into a worse class by the machine or by a person's override, whichever is worse (kind entered), and one when
-- its exit is first proposed. So a fact alerts once: who stays raises nothing, and doing a run again raises the same. Who has no plan in
-- crm.exit_plans_v1 (it is outside the bank and owes nothing) counts as normal here, before as now: coming into the bank or its debt, it enters.
-- Where the plans of the previous run were pruned, which its templates tell, all its customers are taken to have had one. Due is :watch_days,
-- :doubtful_days or :exit_days after; an open one past that is the branch's (level 2), and :escalate_days later the head office's (level 3). Answered
-- is what a person has answered before :as_of. Closed is what its customer has left for a better class, an exit no longer proposed, or one whose
-- customer has no class or no plan any more. Why stays as it was told when the alert was raised; the next action is the first step of today's plan,
-- null once closed. It is the manager's, or the branch's where none is told or that one has left before :as_of.
with plans as (
    select
        p.run_id,
        p.customer_id,
        p.plan,
        p.text_en,
        p.text_zh
    from crm.exit_plans_v1 as p
    where p.place = 1 and p.run_id in (:run_id, cast(:previous_run_id as varchar(64)))
),

told as materialized (
    select count(*) > 0 as has_plans_before
    from crm.plan_templates_v1 as t
    where t.run_id = cast(:previous_run_id as varchar(64))
),

classes as (
    select
        r.customer_id,
        r.machine_class,
        r.evidence,
        r.why_en,
        r.why_zh,
        r.is_exit_proposed and p.customer_id is not null as is_exit_proposed,
        r.exit_proposed_since,
        case when p.customer_id is null then 0 else 1 end * greatest(
            case r.machine_class when 'normal' then 0 when 'watch' then 1 when 'doubtful' then 2 else 3 end,
            case r.relationship_class when 'normal' then 0 when 'watch' then 1 when 'doubtful' then 2 else 3 end
        ) as level,
        case when t.has_plans_before and q.customer_id is null then 0 else 1 end * greatest(
            case coalesce(r.previous_class, 'normal') when 'normal' then 0 when 'watch' then 1 when 'doubtful' then 2 else 3 end,
            case coalesce(b.relationship_class, 'normal') when 'normal' then 0 when 'watch' then 1 when 'doubtful' then 2 else 3 end
        ) as level_before,
        case r.machine_class when 'normal' then 0 when 'watch' then 1 when 'doubtful' then 2 else 3 end as machine_level
    from crm.relationship_classes_v1 as r
    cross join told as t
    left join plans as p on r.customer_id = p.customer_id and p.run_id = :run_id and p.plan <> 'exit_proposed'
    left join plans as q
        on r.customer_id = q.customer_id and q.run_id = cast(:previous_run_id as varchar(64)) and q.plan <> 'exit_proposed'
    left join crm.relationship_classes_v1 as b on r.customer_id = b.customer_id and b.run_id = cast(:previous_run_id as varchar(64))
    where r.run_id = :run_id
),

raised as (
    select
        c.customer_id,
        'entered' as kind,
        case c.level when 1 then 'watch' when 2 then 'doubtful' else 'exit' end as relationship_class,
        c.evidence,
        case when c.level > c.machine_level then 'a person has set this class where the rule says: ' else '' end || c.why_en as why_en,
        case when c.level > c.machine_level then '人工调整的分类；规则的依据：' else '' end || c.why_zh as why_zh
    from classes as c
    where c.level > c.level_before
    union all
    select
        c.customer_id,
        'exit_proposed' as kind,
        c.machine_class as relationship_class,
        c.evidence,
        c.why_en,
        c.why_zh
    from classes as c
    where c.is_exit_proposed and c.exit_proposed_since = cast(:as_of as date)
),

standing as (
    select
        r.customer_id || '|' || r.kind || '|' || cast(cast(:as_of as date) as varchar(10)) as alert_id,
        r.customer_id,
        r.kind,
        r.relationship_class,
        r.evidence,
        r.why_en,
        r.why_zh,
        cast(:as_of as date) as raised_on
    from raised as r
    union all
    select
        a.alert_id,
        a.customer_id,
        a.kind,
        a.relationship_class,
        a.evidence,
        a.why_en,
        a.why_zh,
        a.raised_on
    from crm.alerts_v1 as a
    where a.run_id = cast(:previous_run_id as varchar(64)) and a.state <> 'closed'
),

answers as (
    select
        d.alert_id,
        d.decided_on,
        d.decided_by,
        d.reason,
        row_number() over (partition by d.alert_id order by d.place desc) as newest
    from ops.class_decisions as d
    where d.kind = 'answer' and d.decided_on < cast(:as_of as date)
),

timed as (
    select
        s.alert_id,
        s.customer_id,
        s.kind,
        s.relationship_class,
        s.evidence,
        s.why_en,
        s.why_zh,
        s.raised_on,
        cast(cast(:as_of as date) - s.raised_on as integer) as age_days,
        case
            when s.kind = 'exit_proposed' or s.relationship_class = 'exit' then :exit_days
            when s.relationship_class = 'doubtful' then :doubtful_days
            else :watch_days
        end as allowed_days,
        case
            when
                c.customer_id is null
                or c.level < case s.relationship_class when 'watch' then 1 when 'doubtful' then 2 else 3 end
                or (s.kind = 'exit_proposed' and not c.is_exit_proposed)
                then 'closed'
            when w.alert_id is not null then 'answered'
            else 'open'
        end as state,
        w.decided_on as answered_on,
        w.decided_by as answered_by,
        w.reason as answer
    from standing as s
    left join classes as c on s.customer_id = c.customer_id
    left join answers as w on s.alert_id = w.alert_id and w.newest = 1
),

levelled as (
    select
        t.alert_id,
        t.customer_id,
        t.kind,
        t.relationship_class,
        t.evidence,
        t.why_en,
        t.why_zh,
        t.raised_on,
        t.age_days,
        t.allowed_days,
        t.state,
        t.answered_on,
        t.answered_by,
        t.answer,
        case
            when t.state <> 'open' or t.age_days <= t.allowed_days then 1
            when t.age_days <= t.allowed_days + :escalate_days then 2
            else 3
        end as level
    from timed as t
),

subjects as (
    select
        m.customer_id,
        m.branch_id,
        m.manager_id
    from crm.class_measures_v1 as m
    where m.run_id = :run_id
)

select
    :run_id as run_id,
    l.alert_id,
    cast(:as_of as date) as as_of,
    l.customer_id,
    l.kind,
    l.relationship_class,
    l.evidence,
    l.why_en,
    l.why_zh,
    l.raised_on,
    cast(l.raised_on + l.allowed_days * interval '1' day as date) as due_on,
    l.age_days,
    cast(l.level as integer) as level,
    l.state,
    case
        when l.level = 3 then 'head_office'
        when l.level = 1 and c.manager_id is not null then 'manager'
        when c.branch_id is not null then 'branch'
        else 'head_office'
    end as owner_role,
    case
        when l.level = 3 then null
        when l.level = 1 and c.manager_id is not null then c.manager_id
        else c.branch_id
    end as owner_id,
    p.text_en as next_action_en,
    p.text_zh as next_action_zh,
    l.answered_on,
    l.answered_by,
    l.answer,
    :rule_version as rule_version
from levelled as l
left join subjects as c on l.customer_id = c.customer_id
left join plans as p
    on
        l.customer_id = p.customer_id
        and p.run_id = :run_id
        and l.state <> 'closed'
        and (p.plan = 'exit_proposed') = (l.kind = 'exit_proposed')
