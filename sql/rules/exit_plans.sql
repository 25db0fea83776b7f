-- One row a step of the plan of a customer at watch or worse as of :as_of, by its class or by the machine's, whichever is worse: the template of
-- the class, and what an exit that is proposed asks for besides, filled with the customer's numbers (n/a: not told).
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
        end as plan
    from crm.relationship_classes_v1 as r
    left join overrides as o on r.customer_id = o.customer_id and o.newest = 1
    where r.run_id = :run_id and (r.machine_class <> 'normal' or r.relationship_class <> 'normal')
    union all
    select
        r.customer_id,
        r.exit_proposed_since as since,
        'exit_proposed' as plan
    from crm.relationship_classes_v1 as r
    where r.run_id = :run_id and r.is_exit_proposed
),

subjects as (
    select
        m.customer_id,
        m.branch_id,
        m.manager_id,
        coalesce(cast(cast(m.loans_cny as numeric(18, 0)) as varchar(32)), 'n/a') as loans,
        coalesce(cast(cast(floor(m.days_past_due) as integer) as varchar(32)), 'n/a') as days,
        coalesce(cast(cast(round(cast(m.distress_score as numeric(9, 6)) * 100) as integer) as varchar(32)), 'n/a') as score
    from crm.class_measures_v1 as m
    where m.run_id = :run_id
)

select
    :run_id as run_id,
    p.customer_id,
    p.plan,
    t.place,
    cast(:as_of as date) as as_of,
    replace(replace(replace(t.text_en, '[loans]', c.loans), '[days]', c.days), '[score]', c.score) as text_en,
    replace(replace(replace(t.text_zh, '[loans]', c.loans), '[days]', c.days), '[score]', c.score) as text_zh,
    t.is_help,
    case
        when t.owner_role = 'manager' and c.manager_id is not null then 'manager'
        when t.owner_role <> 'head_office' and c.branch_id is not null then 'branch'
        else 'head_office'
    end as owner_role,
    case
        when t.owner_role = 'manager' and c.manager_id is not null then c.manager_id
        when t.owner_role <> 'head_office' then c.branch_id
    end as owner_id,
    cast(p.since + t.days * interval '1' day as date) as due_on,
    :rule_version as rule_version
from planned as p
inner join subjects as c on p.customer_id = c.customer_id
inner join crm.plan_templates_v1 as t on p.plan = t.plan and t.run_id = :run_id
