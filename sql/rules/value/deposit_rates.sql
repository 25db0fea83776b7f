-- One row a customer with an open deposit account, as last told before :as_of: how many of them are paid more than the posted rate of their
-- product, by more than :tolerance_ratio, and what that costs in a year at the balance last told. A deposit for a term is held to the rate
-- posted on the day that it was opened (before the first row of its product: to that), any other to the rate posted now. Rates are compared
-- with eight decimals. An account whose own or posted rate is not told is unknown, and is_above is null where none is above and some are
-- unknown; amounts are of those known to be above, and null where is_above is, or where the balance of one of them is not told.
with account_rows as (
    select
        a.account_id,
        a.customer_id,
        a.product_id,
        a.rate_ratio,
        a.opened_on,
        a.closed_on
    from current.accounts(:as_of) as a
),

product_rows as (
    select
        p.product_id,
        p.kind,
        p.term_months,
        p.posted_rate_ratio,
        p.source_known_on,
        row_number() over (partition by p.product_id order by p.source_known_on desc) as newest,
        row_number() over (partition by p.product_id order by p.source_known_on) as oldest
    from valid.products as p
    where p.known_on < cast(:as_of as date)
),

deposits as (
    select
        a.account_id,
        a.customer_id,
        a.product_id,
        a.rate_ratio,
        a.opened_on,
        coalesce(p.term_months, 0) > 0 and a.opened_on is not null as is_for_a_term
    from account_rows as a
    inner join product_rows as p on a.product_id = p.product_id and p.newest = 1 and p.kind = 'deposit'
    where
        (a.opened_on is null or a.opened_on < cast(:as_of as date))
        and (a.closed_on is null or a.closed_on >= cast(:as_of as date))
),

posted as (
    select
        d.account_id,
        p.posted_rate_ratio,
        row_number() over (partition by d.account_id order by p.source_known_on desc) as place
    from deposits as d
    inner join product_rows as p on d.product_id = p.product_id
    where not d.is_for_a_term or p.source_known_on <= d.opened_on or p.oldest = 1
),

told as materialized (
    select max(b.month) as month
    from valid.balances as b
    where b.known_on < cast(:as_of as date) and b.month < cast(:as_of as date)
),

balance_rows as (
    select
        b.account_id,
        b.end_balance,
        row_number() over (partition by b.account_id order by b.month desc, b.source_known_on desc) as newest
    from valid.balances as b
    cross join told as t
    where
        b.known_on < cast(:as_of as date)
        and b.month <= t.month
        and b.month >= cast(t.month - interval '1' month as date)
),

compared as (
    select
        d.account_id,
        d.customer_id,
        cast(d.rate_ratio as numeric(12, 8)) - cast(p.posted_rate_ratio as numeric(12, 8)) as above_ratio,
        b.end_balance
    from deposits as d
    inner join posted as p on d.account_id = p.account_id and p.place = 1
    left join balance_rows as b on d.account_id = b.account_id and b.newest = 1
),

flagged as (
    select
        c.account_id,
        c.customer_id,
        c.above_ratio,
        c.end_balance,
        coalesce(c.above_ratio > cast(:tolerance_ratio as numeric(12, 8)), false) as is_above,
        row_number() over (
            partition by c.customer_id
            order by
                coalesce(c.above_ratio, -1) desc,
                c.account_id collate "C" asc  -- noqa: references.consistent
        ) as place
    from compared as c
),

summed as (
    select
        f.customer_id,
        count(*) as account_count,
        sum(case when f.is_above then 1 else 0 end) as above_count,
        sum(case when f.above_ratio is null then 1 else 0 end) as unknown_count,
        max(case when f.place = 1 and f.is_above then f.account_id end) as worst_account_id,
        max(case when f.is_above then f.above_ratio end) as worst_above_ratio,
        sum(case when f.is_above and f.end_balance is null then 1 else 0 end) as unknown_amounts,
        sum(case when f.is_above then f.end_balance else 0 end) as deposits_above_amount,
        sum(case when f.is_above then f.end_balance * f.above_ratio else 0 end) as cost_above_amount
    from flagged as f
    group by f.customer_id
),

judged as (
    select
        s.customer_id,
        s.account_count,
        s.above_count,
        s.unknown_count,
        case when s.above_count > 0 then true when s.unknown_count = 0 then false end as is_above,
        s.worst_account_id,
        s.worst_above_ratio,
        s.unknown_amounts,
        s.deposits_above_amount,
        s.cost_above_amount
    from summed as s
)

select
    :run_id as run_id,
    j.customer_id,
    cast(:as_of as date) as as_of,
    cast(j.account_count as integer) as account_count,
    cast(j.above_count as integer) as above_count,
    cast(j.unknown_count as integer) as unknown_count,
    j.is_above,
    j.worst_account_id,
    cast(j.worst_above_ratio as double precision) as worst_above_ratio,
    cast(case when j.is_above is not null and j.unknown_amounts = 0 then j.deposits_above_amount end as numeric(18, 2)) as deposits_above_amount,
    cast(case when j.is_above is not null and j.unknown_amounts = 0 then j.cost_above_amount end as numeric(18, 2)) as cost_above_amount,
    :rule_version as rule_version
from judged as j
