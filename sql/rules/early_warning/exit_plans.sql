-- One row a step of the plan of a customer at watch or worse as of :as_of, by its class or by the machine's, whichever is worse: the template of
-- the class, and what an exit that is proposed asks for besides. Who is doubtful and owes nothing, as far as is told, has the plan listed where it
-- stands on the blacklist, and nothing_owed where its loans are told to be none. Who is outside the bank and owes nothing has no plan.
-- A clause <fact|words> of a template is left out where the fact does not hold: loans (owes some), days (late), score (has one), debt (not told to owe
-- nothing), person, firm (not told to be a person). [loans], with commas for thousands, [days] and [score] are the customer's numbers of today.
-- A step is due its days after the class was entered, or after the day on which a person set it; it is the manager's, the branch's where
-- there is none or it has left before :as_of, else the head office's.
with overrides as (
    select
        d.customer_id,
        d.decided_on,
        row_number() over (partition by d.customer_id order by d.place desc) as newest
    from ops.class_decisions as d
    where d.kind = 'override' and d.decided_on < cast(:as_of as date)
),

planned as (
    select
        r.customer_id,
        case
            when r.machine_class = 'normal' or (r.machine_class = 'watch' and r.relationship_class = 'doubtful') then o.decided_on
            else r.since
        end as since,
        case
            when r.machine_class = 'exit' then 'exit'
            when r.machine_class = 'doubtful' or r.relationship_class = 'doubtful' then 'doubtful'
            else 'watch'
        end as class_plan
    from crm.relationship_classes_v1 as r
    left join overrides as o on r.customer_id = o.customer_id and o.newest = 1
    where r.run_id = :run_id and (r.machine_class <> 'normal' or r.relationship_class <> 'normal')
    union all
    select
        r.customer_id,
        r.exit_proposed_since as since,
        'exit_proposed' as class_plan
    from crm.relationship_classes_v1 as r
    where r.run_id = :run_id and r.is_exit_proposed
),

kinds as (
    select
        c.customer_id,
        c.kind
    from current.customers(:as_of) as c
),

measured as (
    select
        m.customer_id,
        m.branch_id,
        m.manager_id,
        cast(m.loan_balance as numeric(18, 0)) as loans,
        cast(floor(m.days_past_due) as integer) as days,
        cast(round(cast(m.distress_score as numeric(9, 6)) * 100) as integer) as score,
        coalesce(m.is_blacklisted, false) as is_listed
    from crm.class_measures_v1 as m
    where m.run_id = :run_id
),

subjects as (
    select
        m.customer_id,
        m.branch_id,
        m.manager_id,
        m.loans,
        m.days,
        m.score,
        m.is_listed,
        coalesce(m.loans > 0, m.days > 0, false) as is_owing,
        coalesce(l.reason = 'outside', false) as is_outside,
        'none'
        || case when coalesce(m.loans, 0) > 0 then '' else '|loans' end
        || case when coalesce(m.days, 0) > 0 then '' else '|days' end
        || case when m.score is null then '|score' else '' end
        || case when m.loans = 0 then '|debt' else '' end
        || case when k.kind = 'person' then '|firm' else '|person' end as left_out
    from measured as m
    left join kinds as k on m.customer_id = k.customer_id
    left join crm.lifecycle_v1 as l on m.customer_id = l.customer_id and l.run_id = :run_id
),

asked as (
    select
        p.customer_id,
        p.since,
        case
            when p.class_plan = 'doubtful' and s.is_listed and not s.is_owing then 'listed'
            when p.class_plan = 'doubtful' and s.loans = 0 then 'nothing_owed'
            else p.class_plan
        end as plan,
        s.branch_id,
        s.manager_id,
        s.left_out,
        coalesce(
            ltrim(reverse(regexp_replace(reverse(cast(s.loans as varchar(32))), '([0-9][0-9][0-9])', '\1,', 'g')), ','), ''
        ) as loans,
        coalesce(cast(s.days as varchar(32)), '') as days,
        coalesce(cast(s.score as varchar(32)), '') as score
    from planned as p
    inner join subjects as s on p.customer_id = s.customer_id
    where s.is_owing or not s.is_outside
),

-- the few ways in which a plan is worded, so that no pattern is sought once a customer
wordings as (
    select distinct
        a.plan,
        a.left_out,
        '<(' || a.left_out || ')\|[^>]*>' as clauses
    from asked as a
),

steps as (
    select
        w.plan,
        w.left_out,
        t.place,
        t.days,
        t.owner_role,
        t.is_help,
        regexp_replace(regexp_replace(t.text_en, w.clauses, '', 'g'), '<[a-z]+\|([^>]*)>', '\1', 'g') as text_en,
        regexp_replace(regexp_replace(t.text_zh, w.clauses, '', 'g'), '<[a-z]+\|([^>]*)>', '\1', 'g') as text_zh
    from wordings as w
    inner join crm.plan_templates_v1 as t on w.plan = t.plan and t.run_id = :run_id
)

select
    :run_id as run_id,
    a.customer_id,
    a.plan,
    t.place,
    cast(:as_of as date) as as_of,
    replace(replace(replace(t.text_en, '[loans]', a.loans), '[days]', a.days), '[score]', a.score) as text_en,
    replace(replace(replace(t.text_zh, '[loans]', a.loans), '[days]', a.days), '[score]', a.score) as text_zh,
    t.is_help,
    case
        when t.owner_role = 'manager' and a.manager_id is not null then 'manager'
        when t.owner_role <> 'head_office' and a.branch_id is not null then 'branch'
        else 'head_office'
    end as owner_role,
    case
        when t.owner_role = 'manager' and a.manager_id is not null then a.manager_id
        when t.owner_role <> 'head_office' then a.branch_id
    end as owner_id,
    cast(a.since + t.days * interval '1' day as date) as due_on,
    :rule_version as rule_version
from asked as a
inner join steps as t on a.plan = t.plan and a.left_out = t.left_out
