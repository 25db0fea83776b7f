-- One row a customer and product that it has: how many contracts and how much, as last told before :as_of.
-- Deposits and loans are the last month told of each kind (a late row stands as in the month before), holdings are at value; a service has
-- no amount (0). Where the bank tells accounts and no balances, the amounts of accounts are unknown (null), and with them that of their
-- product. Accounts are open on the day before :as_of, loans owe something, holdings are bought and not matured. As in features.customer_positions,
-- a loan past its day that the last month no longer tells is repaid, and a loan belongs to whom the register names now.
with told as (
    select
        (
            select max(b.month)
            from valid.balances as b
            where b.known_on < cast(:as_of as date) and b.month < cast(:as_of as date)
        ) as balances_month,
        (
            select max(l.month)
            from valid.loan_months as l
            where l.known_on < cast(:as_of as date) and l.month < cast(:as_of as date)
        ) as loans_month
),

account_rows as (
    select
        a.account_id,
        a.customer_id,
        a.product_id,
        a.opened_on,
        a.closed_on
    from current.accounts(:as_of) as a
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
        and b.month <= t.balances_month
        and b.month >= cast(t.balances_month - interval '1' month as date)
),

loan_rows as (
    select
        l.loan_id,
        l.customer_id,
        l.product_id,
        l.matures_on
    from current.loans(:as_of) as l
),

owed_rows as (
    select
        m.loan_id,
        m.customer_id,
        m.outstanding_amount,
        m.month = t.loans_month as is_last_month,
        row_number() over (partition by m.loan_id order by m.month desc, m.source_known_on desc) as newest
    from valid.loan_months as m
    cross join told as t
    where
        m.known_on < cast(:as_of as date)
        and m.month <= t.loans_month
        and m.month >= cast(t.loans_month - interval '1' month as date)
),

holding_rows as (
    select
        h.customer_id,
        h.product_id,
        h.bought_on,
        h.matures_on,
        cast(h.amount * cast(coalesce(h.nav_ratio, 1) as numeric(12, 6)) as numeric(18, 2)) as money_value
    from current.holdings(:as_of) as h
),

contracts as (
    select
        a.customer_id,
        a.product_id,
        case when t.balances_month is not null then coalesce(b.end_balance, 0) end as amount
    from account_rows as a
    cross join told as t
    left join balance_rows as b on a.account_id = b.account_id and b.newest = 1
    where
        (a.opened_on is null or a.opened_on < cast(:as_of as date))
        and (a.closed_on is null or a.closed_on >= cast(:as_of as date))
    union all
    select
        coalesce(l.customer_id, m.customer_id) as customer_id,
        l.product_id,
        m.outstanding_amount as amount
    from owed_rows as m
    left join loan_rows as l on m.loan_id = l.loan_id
    where m.newest = 1 and m.outstanding_amount > 0 and (m.is_last_month or not coalesce(l.matures_on < cast(:as_of as date), false))
    union all
    select
        h.customer_id,
        h.product_id,
        h.money_value as amount
    from holding_rows as h
    where
        (h.bought_on is null or h.bought_on < cast(:as_of as date))
        and (h.matures_on is null or h.matures_on >= cast(:as_of as date))
)

select
    :run_id as run_id,
    c.customer_id,
    coalesce(c.product_id, 'unknown') as product_id,
    cast(:as_of as date) as as_of,
    cast(count(*) as integer) as contract_count,
    cast(case when count(c.amount) = count(*) then sum(c.amount) end as numeric(18, 2)) as amount,
    :rule_version as rule_version
from contracts as c
group by c.customer_id, coalesce(c.product_id, 'unknown')
