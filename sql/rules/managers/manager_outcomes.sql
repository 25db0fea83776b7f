-- One row a manager who looks after customers as of :as_of, as crm.class_measures_v1 of the run says who does: what has become of these customers.
-- They are those with a relation and in this manager's care that day, whoever looked after them before: what a manager was handed over counts too.
-- Key accounts gained and lost are of these customers, since :previous_run_id; null where there is none. contribution_12m is theirs by
-- crm.contributions_v1, contribution_before_12m that of the same customers in the twelve months of the books before; null where the books tell
-- nothing, and beside each of how many months they do. Late is an open alert past its due day, which has gone up from the manager.
-- Facts side by side: no score, no rank, and no word of what to do with a person, as the reasons for most of them stand in no table.
with in_care as (
    select
        m.customer_id,
        m.manager_id,
        m.stage,
        m.is_key_account,
        coalesce(b.account_class = 'existing', false) as was_key_account,
        coalesce(r.relationship_class <> 'normal', false) as is_watched
    from crm.class_measures_v1 as m
    inner join crm.lifecycle_v1 as l on m.customer_id = l.customer_id and l.run_id = :run_id
    left join crm.relationship_classes_v1 as r on m.customer_id = r.customer_id and r.run_id = :run_id
    left join crm.key_accounts_v1 as b on m.customer_id = b.customer_id and b.run_id = cast(:previous_run_id as varchar(64))
    where m.run_id = :run_id and m.manager_id is not null and l.reason <> 'outside'
),

received_before as materialized (
    select count(*) > 0 as has_key_accounts
    from crm.key_accounts_v1 as k
    where k.run_id = cast(:previous_run_id as varchar(64))
),

last_received as materialized (
    select max(o.month) as month
    from crm.contributions_v1 as o
    where o.run_id = :run_id and o.level = 'bank' and o.span_months = 12
),

books_before as (
    select
        i.customer_id,
        i.month,
        i.interest_income + i.fee_income - i.interest_expense - i.operating_cost - i.risk_cost as contribution
    from last_received as l
    cross join current.income_costs(
        :as_of, cast(l.month - interval '24' month as date), cast(l.month - interval '12' month as date)
    ) as i
),

contributions_now as (
    select
        c.manager_id,
        count(distinct case when o.span_months = 1 then o.month end) as months_received,
        sum(case when o.span_months = 12 then o.contribution end) as contribution
    from crm.contributions_v1 as o
    inner join in_care as c on o.key = c.customer_id
    where o.run_id = :run_id and o.level = 'customer'
    group by c.manager_id
),

contributions_before as (
    select
        c.manager_id,
        count(distinct b.month) as months_received,
        sum(b.contribution) as contribution
    from books_before as b
    inner join in_care as c on b.customer_id = c.customer_id
    group by c.manager_id
),

alerts as (
    select
        c.manager_id,
        sum(case when a.state = 'open' then 1 else 0 end) as open_count,
        sum(case when a.state = 'open' and a.due_on < cast(:as_of as date) then 1 else 0 end) as late_count,
        sum(case when a.state = 'answered' then 1 else 0 end) as answered_count
    from crm.alerts_v1 as a
    inner join in_care as c on a.customer_id = c.customer_id
    where a.run_id = :run_id
    group by c.manager_id
),

counted as (
    select
        c.manager_id,
        count(*) as customer_count,
        sum(case when c.stage = 'new' then 1 else 0 end) as new_count,
        sum(case when c.stage = 'lost' then 1 else 0 end) as lost_count,
        sum(case when c.is_watched then 1 else 0 end) as watch_count,
        sum(case when c.is_key_account then 1 else 0 end) as key_account_count,
        sum(case when c.is_key_account and not c.was_key_account then 1 else 0 end) as key_gained_count,
        sum(case when c.was_key_account and not c.is_key_account then 1 else 0 end) as key_lost_count
    from in_care as c
    group by c.manager_id
)

select
    :run_id as run_id,
    c.manager_id,
    cast(:as_of as date) as as_of,
    g.branch_id,
    g.grade,
    cast(c.customer_count as integer) as customer_count,
    cast(c.new_count as integer) as new_count,
    cast(c.lost_count as integer) as lost_count,
    cast(c.watch_count as integer) as watch_count,
    cast(c.key_account_count as integer) as key_account_count,
    cast(case when t.has_key_accounts then c.key_gained_count end as integer) as key_gained_count,
    cast(case when t.has_key_accounts then c.key_lost_count end as integer) as key_lost_count,
    cast(o.contribution as numeric(18, 2)) as contribution_12m,
    cast(o.months_received as integer) as months_received,
    cast(b.contribution as numeric(18, 2)) as contribution_before_12m,
    cast(b.months_received as integer) as months_received_before,
    cast(coalesce(a.open_count, 0) as integer) as open_alert_count,
    cast(coalesce(a.late_count, 0) as integer) as late_alert_count,
    cast(coalesce(a.answered_count, 0) as integer) as answered_alert_count,
    p.filled_share,
    :rule_version as rule_version
from counted as c
cross join received_before as t
left join crm.manager_grades_v1 as g on c.manager_id = g.manager_id and g.run_id = :run_id
left join contributions_now as o on c.manager_id = o.manager_id
left join contributions_before as b on c.manager_id = b.manager_id
left join alerts as a on c.manager_id = a.manager_id
left join crm.profile_completeness_v1 as p
    on c.manager_id = p.key and p.run_id = :run_id and p.level = 'manager' and p.field_group = 'all'
