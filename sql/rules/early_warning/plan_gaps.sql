-- One row a customer at doubtful or exit as of :as_of and gap of its plan: no_plan (no step in it), no_owner (neither manager nor branch is told),
-- loans_not_received (the plan can not name what is at stake), unanswered (an open alert of it has come to the head office).
-- Who is outside the bank and owes nothing has no plan by sql/rules/early_warning/exit_plans.sql, and so no gap.
with grave as (
    select
        r.customer_id,
        m.loan_balance
    from crm.relationship_classes_v1 as r
    inner join crm.class_measures_v1 as m on r.customer_id = m.customer_id and m.run_id = :run_id
    left join crm.lifecycle_v1 as l on r.customer_id = l.customer_id and l.run_id = :run_id
    where
        r.run_id = :run_id
        and (r.machine_class in ('doubtful', 'exit') or r.relationship_class = 'doubtful')
        and (
            coalesce(l.reason <> 'outside', true)
            or coalesce(cast(m.loan_balance as numeric(18, 0)) > 0, cast(floor(m.days_past_due) as integer) > 0, false)
        )
),

steps as (
    select
        p.customer_id,
        max(case when p.owner_id is not null then 1 else 0 end) as has_owner
    from crm.exit_plans_v1 as p
    where p.run_id = :run_id
    group by p.customer_id
),

unanswered as (
    select distinct a.customer_id
    from crm.alerts_v1 as a
    where a.run_id = :run_id and a.state = 'open' and a.level = 3
),

gaps as (
    select
        g.customer_id,
        'no_plan' as gap
    from grave as g
    left join steps as s on g.customer_id = s.customer_id
    where s.customer_id is null
    union all
    select
        g.customer_id,
        'no_owner' as gap
    from grave as g
    inner join steps as s on g.customer_id = s.customer_id
    where s.has_owner = 0
    union all
    select
        g.customer_id,
        'loans_not_received' as gap
    from grave as g
    where g.loan_balance is null
    union all
    select
        g.customer_id,
        'unanswered' as gap
    from grave as g
    inner join unanswered as u on g.customer_id = u.customer_id
)

select
    :run_id as run_id,
    g.customer_id,
    g.gap,
    cast(:as_of as date) as as_of,
    :rule_version as rule_version
from gaps as g
