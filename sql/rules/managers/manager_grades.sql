-- One row a manager whom the register or a customer names before :as_of: the grade in force, how often it changed, the customers in care.
-- Who has not passed the exam before :as_of is a trainee, whatever the register says. effective_on is the day since which it states the grade
-- in force. A grade is reviewed once a year: of more than one change in the twelve months before :as_of not all are approved; the first grade
-- after the exam is no change. A tier (crm.tiers_v1 of the run) wants a grade: above_grade_count is of the customers whose tier wants a higher
-- one than the manager has, and unknown where no tiers are told. Another grade than the six has no cap, and who is not in the register no grade: cause says so.
with grades as (
    select
        'trainee' as grade,
        'gold' as tier,
        1 as place,
        :trainee_cap as caseload_cap
    union all
    select
        'fourth' as grade,
        'excellent_gold' as tier,
        2 as place,
        :fourth_cap as caseload_cap
    union all
    select
        'third' as grade,
        'platinum' as tier,
        3 as place,
        :third_cap as caseload_cap
    union all
    select
        'second' as grade,
        'excellent_platinum' as tier,
        4 as place,
        :second_cap as caseload_cap
    union all
    select
        'first' as grade,
        'diamond' as tier,
        5 as place,
        :first_cap as caseload_cap
    union all
    select
        'senior' as grade,
        'black_gold' as tier,
        6 as place,
        :senior_cap as caseload_cap
),

stated as (
    select
        m.manager_id,
        m.branch_id,
        m.left_on,
        m.source_known_on as stated_on,
        coalesce(m.exam_passed_on < cast(:as_of as date), false) as has_passed,
        case when m.exam_passed_on < cast(:as_of as date) then m.grade else 'trainee' end as grade
    from valid.managers as m
    where m.known_on < cast(:as_of as date)
),

steps as (
    select
        s.manager_id,
        s.branch_id,
        s.left_on,
        s.stated_on,
        s.grade,
        coalesce(lag(s.grade) over (partition by s.manager_id order by s.stated_on) <> s.grade, true) as is_new,
        coalesce(lag(s.has_passed) over (partition by s.manager_id order by s.stated_on), false) as had_passed,
        row_number() over (partition by s.manager_id order by s.stated_on desc) as newest
    from stated as s
),

registered as (
    select
        s.manager_id,
        max(case when s.newest = 1 then s.branch_id end) as branch_id,
        max(case when s.newest = 1 then s.grade end) as grade,
        max(case when s.newest = 1 then s.left_on end) as left_on,
        max(case when s.is_new then s.stated_on end) as effective_on,
        sum(
            case when s.is_new and s.had_passed and s.stated_on >= cast(cast(:as_of as date) - interval '12' month as date) then 1 else 0 end
        ) as changes_12m
    from steps as s
    group by s.manager_id
),

current_customers as (
    select
        n.customer_id,
        n.manager_id
    from current.customers(:as_of) as n
    where n.relation = 'customer' and n.manager_id is not null
),

-- how many customers of each tier a manager looks after; 0 is who wants no grade
cared_for as (
    select
        c.manager_id,
        coalesce(g.place, 0) as wanted_place,
        max(case when t.cause = 'balances_not_received' then 1 else 0 end) as has_unknown,
        count(*) as customer_count
    from current_customers as c
    left join crm.tiers_v1 as t on c.customer_id = t.customer_id and t.run_id = :run_id
    left join grades as g on t.tier = g.tier
    group by c.manager_id, coalesce(g.place, 0)
),

named as (
    select
        coalesce(r.manager_id, w.manager_id) as manager_id,
        r.manager_id is not null as is_registered,
        r.branch_id,
        r.grade,
        r.left_on,
        r.effective_on,
        r.changes_12m,
        coalesce(w.customer_count, 0) as customer_count,
        coalesce(w.wanted_place, 0) as wanted_place,
        coalesce(w.has_unknown, 0) as has_unknown
    from registered as r
    full outer join cared_for as w on r.manager_id = w.manager_id
),

summed as (
    select
        n.manager_id,
        n.is_registered,
        n.branch_id,
        n.grade,
        n.left_on,
        n.effective_on,
        n.changes_12m,
        g.place,
        g.caseload_cap,
        sum(n.customer_count) as customer_count,
        max(n.has_unknown) = 1 as has_unknown,
        sum(case when n.wanted_place > g.place then n.customer_count else 0 end) as above_grade_count
    from named as n
    left join grades as g on n.grade = g.grade
    group by n.manager_id, n.is_registered, n.branch_id, n.grade, n.left_on, n.effective_on, n.changes_12m, g.place, g.caseload_cap
)

select
    :run_id as run_id,
    s.manager_id,
    cast(:as_of as date) as as_of,
    s.branch_id,
    s.grade,
    s.effective_on,
    cast(s.changes_12m as integer) as changes_12m,
    s.changes_12m > 1 as is_changed_again,
    cast(s.customer_count as integer) as customer_count,
    cast(case when s.place is not null and not s.has_unknown then s.above_grade_count end as integer) as above_grade_count,
    s.caseload_cap,
    s.customer_count > s.caseload_cap as is_over_cap,
    coalesce(s.left_on < cast(:as_of as date), false) and s.customer_count > 0 as has_left_with_customers,
    case
        when not s.is_registered then 'not_in_register'
        when s.place is null then 'unknown_grade'
    end as cause,
    :rule_version as rule_version
from summed as s
