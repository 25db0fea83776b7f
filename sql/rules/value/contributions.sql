-- One row a level (customer, group, branch, manager, product, industry, bank), key and month: of the last twelve months of the books told
-- before :as_of, each (span_months 1) and all of them (span_months 12, under the last month). Income less cost, to the cent; the sums
-- of every level are those of the bank. months_received says of how many months the books tell anything of the key: fewer than twelve where it came
-- later, or where a month is late. Who has no group or manager is summed under 'none'; whose branch or industry
-- is not told, whose group is a circle, and who is in no register, under 'unknown'.
-- The books are kept a customer, not a product: a customer's amounts fall to its products by their share of what it has of them
-- (crm.product_positions: deposits, loans outstanding, holdings), to 'none' where it has none, and to 'unknown' where amounts are. Shares are
-- of six decimals, and cents that rounding leaves over fall to the product with the largest amounts of the month; a product's year is the sum
-- of its months.
with last_received as (
    select max(i.month) as month
    from valid.income_costs as i
    where i.known_on < cast(:as_of as date) and i.month < cast(:as_of as date)
),

told as (
    select
        n.customer_id,
        n.month,
        n.interest_income,
        n.fee_income,
        n.interest_expense,
        n.operating_cost,
        n.risk_cost
    from last_received as l
    cross join current.income_costs(:as_of, cast(l.month - interval '12' month as date), l.month) as n
),

current_customers as (
    select
        n.customer_id,
        case when m.customer_id is null then 'none' else coalesce(m.root_customer_id, 'unknown') end as group_key,
        coalesce(n.branch_id, 'unknown') as branch_key,
        coalesce(n.manager_id, 'none') as manager_key,
        coalesce(n.industry_code, 'unknown') as industry_key
    from current.customers(:as_of) as n
    left join crm.group_members_v1 as m on n.customer_id = m.customer_id and m.run_id = :run_id
),

placed as (
    select
        t.customer_id,
        t.month,
        coalesce(c.group_key, 'unknown') as group_key,
        coalesce(c.branch_key, 'unknown') as branch_key,
        coalesce(c.manager_key, 'unknown') as manager_key,
        coalesce(c.industry_key, 'unknown') as industry_key,
        t.interest_income,
        t.fee_income,
        t.interest_expense,
        t.operating_cost,
        t.risk_cost
    from told as t
    left join current_customers as c on t.customer_id = c.customer_id
),

-- each month, and all twelve under the last
spanned as (
    select
        p.customer_id,
        p.group_key,
        p.branch_key,
        p.manager_key,
        p.industry_key,
        p.month,
        1 as span_months,
        1 as months_received,
        p.interest_income,
        p.fee_income,
        p.interest_expense,
        p.operating_cost,
        p.risk_cost
    from placed as p
    union all
    select
        p.customer_id,
        p.group_key,
        p.branch_key,
        p.manager_key,
        p.industry_key,
        l.month,
        12 as span_months,
        count(*) as months_received,
        sum(p.interest_income) as interest_income,
        sum(p.fee_income) as fee_income,
        sum(p.interest_expense) as interest_expense,
        sum(p.operating_cost) as operating_cost,
        sum(p.risk_cost) as risk_cost
    from placed as p
    cross join last_received as l
    group by p.customer_id, p.group_key, p.branch_key, p.manager_key, p.industry_key, l.month
),

-- in whole yuan: whole numbers divide alike on both engines
weighed as (
    select
        w.customer_id,
        w.product_id,
        w.amount_yuan,
        sum(w.amount_yuan) over (partition by w.customer_id) as whole_yuan,
        row_number() over (partition by w.customer_id order by w.amount_yuan desc, w.product_id collate "C" asc) as place  -- noqa: references.consistent
    from (
        select
            x.customer_id,
            x.product_id,
            cast(x.amount as bigint) as amount_yuan
        from crm.product_positions_v1 as x
        where x.run_id = :run_id and x.amount >= 1
    ) as w
),

rounded as (
    select
        w.customer_id,
        w.product_id,
        w.place,
        cast(
            (1000000 * w.amount_yuan - mod(1000000 * w.amount_yuan, cast(w.whole_yuan as bigint))) / cast(w.whole_yuan as bigint)
            / 1000000.0 as numeric(9, 6)
        ) as share
    from weighed as w
),

-- the first product takes what the others leave, so that the shares of a customer make exactly one
shares as (
    select
        r.customer_id,
        r.product_id,
        case when r.place = 1 then 1 - sum(r.share) over (partition by r.customer_id) + r.share else r.share end as share
    from rounded as r
),

with_unknown_amounts as (
    select distinct x.customer_id
    from crm.product_positions_v1 as x
    where x.run_id = :run_id and x.amount is null
),

product_sums as (
    select
        coalesce(h.product_id, case when u.customer_id is not null then 'unknown' else 'none' end) as key,
        s.month,
        sum(s.interest_income * coalesce(h.share, 1)) as interest_income,
        sum(s.fee_income * coalesce(h.share, 1)) as fee_income,
        sum(s.interest_expense * coalesce(h.share, 1)) as interest_expense,
        sum(s.operating_cost * coalesce(h.share, 1)) as operating_cost,
        sum(s.risk_cost * coalesce(h.share, 1)) as risk_cost
    from placed as s
    left join shares as h on s.customer_id = h.customer_id
    left join with_unknown_amounts as u on s.customer_id = u.customer_id
    group by coalesce(h.product_id, case when u.customer_id is not null then 'unknown' else 'none' end), s.month
),

product_cents as (
    select
        p.key,
        p.month,
        cast(p.interest_income as numeric(18, 2)) as interest_income,
        cast(p.fee_income as numeric(18, 2)) as fee_income,
        cast(p.interest_expense as numeric(18, 2)) as interest_expense,
        cast(p.operating_cost as numeric(18, 2)) as operating_cost,
        cast(p.risk_cost as numeric(18, 2)) as risk_cost,
        row_number() over (
            partition by p.month
            order by p.interest_income + p.fee_income desc, p.key collate "C" asc  -- noqa: references.consistent
        ) as place
    from product_sums as p
),

-- no key is null, so a key that is null is of another level
summed as (
    select
        s.group_key,
        s.branch_key,
        s.manager_key,
        s.industry_key,
        s.month,
        s.span_months,
        sum(s.interest_income) as interest_income,
        sum(s.fee_income) as fee_income,
        sum(s.interest_expense) as interest_expense,
        sum(s.operating_cost) as operating_cost,
        sum(s.risk_cost) as risk_cost
    from spanned as s
    group by
        grouping sets (
            (s.group_key, s.month, s.span_months),
            (s.branch_key, s.month, s.span_months),
            (s.manager_key, s.month, s.span_months),
            (s.industry_key, s.month, s.span_months),
            (s.month, s.span_months)
        )
),

levelled as (
    select
        case
            when s.group_key is not null then 'group'
            when s.branch_key is not null then 'branch'
            when s.manager_key is not null then 'manager'
            when s.industry_key is not null then 'industry'
            else 'bank'
        end as level,
        coalesce(s.group_key, s.branch_key, s.manager_key, s.industry_key, 'bank') as key,
        s.month,
        s.span_months,
        s.interest_income,
        s.fee_income,
        s.interest_expense,
        s.operating_cost,
        s.risk_cost
    from summed as s
),

keyed as (
    select
        v.level,
        v.key,
        v.month,
        v.span_months,
        case
            when v.span_months = 12 then sum(case when v.span_months = 1 then 1 else 0 end) over (partition by v.level, v.key)
            else 1
        end as months_received,
        v.interest_income,
        v.fee_income,
        v.interest_expense,
        v.operating_cost,
        v.risk_cost
    from levelled as v
),

product_months as (
    select
        p.key,
        p.month,
        p.interest_income + case
            when p.place = 1 then b.interest_income - sum(p.interest_income) over (partition by p.month) else 0
        end as interest_income,
        p.fee_income + case
            when p.place = 1 then b.fee_income - sum(p.fee_income) over (partition by p.month) else 0
        end as fee_income,
        p.interest_expense + case
            when p.place = 1 then b.interest_expense - sum(p.interest_expense) over (partition by p.month) else 0
        end as interest_expense,
        p.operating_cost + case
            when p.place = 1 then b.operating_cost - sum(p.operating_cost) over (partition by p.month) else 0
        end as operating_cost,
        p.risk_cost + case
            when p.place = 1 then b.risk_cost - sum(p.risk_cost) over (partition by p.month) else 0
        end as risk_cost
    from product_cents as p
    inner join keyed as b on p.month = b.month and b.level = 'bank' and b.span_months = 1
),

levels as (
    select
        'customer' as level,
        s.customer_id as key,
        s.month,
        s.span_months,
        s.months_received,
        s.interest_income,
        s.fee_income,
        s.interest_expense,
        s.operating_cost,
        s.risk_cost
    from spanned as s
    union all
    select
        k.level,
        k.key,
        k.month,
        k.span_months,
        k.months_received,
        k.interest_income,
        k.fee_income,
        k.interest_expense,
        k.operating_cost,
        k.risk_cost
    from keyed as k
    union all
    select
        'product' as level,
        p.key,
        p.month,
        1 as span_months,
        1 as months_received,
        p.interest_income,
        p.fee_income,
        p.interest_expense,
        p.operating_cost,
        p.risk_cost
    from product_months as p
    union all
    select
        'product' as level,
        p.key,
        l.month,
        12 as span_months,
        count(*) as months_received,
        sum(p.interest_income) as interest_income,
        sum(p.fee_income) as fee_income,
        sum(p.interest_expense) as interest_expense,
        sum(p.operating_cost) as operating_cost,
        sum(p.risk_cost) as risk_cost
    from product_months as p
    cross join last_received as l
    group by p.key, l.month
)

select
    :run_id as run_id,
    v.level,
    v.key,
    cast(:as_of as date) as as_of,
    v.month,
    v.span_months,
    cast(v.months_received as integer) as months_received,
    cast(v.interest_income as numeric(18, 2)) as interest_income,
    cast(v.fee_income as numeric(18, 2)) as fee_income,
    cast(v.interest_expense as numeric(18, 2)) as interest_expense,
    cast(v.operating_cost as numeric(18, 2)) as operating_cost,
    cast(v.risk_cost as numeric(18, 2)) as risk_cost,
    cast(
        v.interest_income + v.fee_income - v.interest_expense - v.operating_cost - v.risk_cost as numeric(18, 2)
    ) as contribution,
    :rule_version as rule_version
from levels as v
