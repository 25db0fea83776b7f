-- One row a loan and month of the last :months told before :as_of: what is owed, by the five dimensions of the star. Each row has the five
-- keys: customer_id, branch_id (the organisation, the customer's as last told), product_id, industry_code and project_id, which is the loan's
-- contract; what is not told, or is in no register of crm.dim_*, is 'unknown'. Amounts are those of the row stated last for the month.
with last_received as materialized (
    select max(m.month) as month
    from valid.loan_months as m
    where m.known_on < cast(:as_of as date) and m.month < cast(:as_of as date)
),

owed as (
    select
        n.loan_id,
        n.customer_id,
        n.month,
        n.outstanding_amount,
        n.overdue_amount,
        n.written_off_amount,
        n.days_past_due,
        n.class5
    from last_received as t
    cross join current.loan_months(:as_of, cast(t.month - :months * interval '1' month as date), t.month) as n
),

contracts as (
    select
        n.loan_id,
        n.product_id
    from current.loans(:as_of) as n
),

known as (
    select
        n.customer_id,
        n.branch_id,
        n.industry_code
    from current.customers(:as_of) as n
),

branches as (
    select distinct b.branch_id
    from valid.branches as b
    where b.known_on < cast(:as_of as date)
),

products as (
    select distinct p.product_id
    from valid.products as p
    where p.known_on < cast(:as_of as date)
),

industries as (
    select distinct i.industry_code
    from valid.industries as i
    where i.known_on < cast(:as_of as date)
)

select
    :run_id as run_id,
    o.month,
    o.customer_id,
    coalesce(b.branch_id, 'unknown') as branch_id,
    coalesce(p.product_id, 'unknown') as product_id,
    coalesce(i.industry_code, 'unknown') as industry_code,
    o.loan_id as project_id,
    cast(:as_of as date) as as_of,
    o.outstanding_amount,
    o.overdue_amount,
    o.written_off_amount,
    o.days_past_due,
    o.class5,
    :rule_version as rule_version
from owed as o
left join contracts as c on o.loan_id = c.loan_id
left join known as k on o.customer_id = k.customer_id
left join branches as b on k.branch_id = b.branch_id
left join products as p on c.product_id = p.product_id
left join industries as i on k.industry_code = i.industry_code
