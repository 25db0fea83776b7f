-- One row a customer known before :as_of with :first_customer <= customer_id < :next_customer (null: no end): what it has with the bank, as
-- last told before :as_of. Books are told some days after a month ends, so back 0 is the last month of which the bank told anything; a row
-- that is late for it stands as in the month before. Null: of that kind the bank had told nothing; zero: it told, and this customer has none.
-- Of several rows of one key the newest is the one stated last (source_known_on).
with spine as (
    select distinct c.customer_id
    from valid.customers as c
    where
        c.known_on < cast(:as_of as date)
        and c.customer_id >= :first_customer
        and (cast(:next_customer as varchar(64)) is null or c.customer_id < cast(:next_customer as varchar(64)))
),

-- the last month told of each kind, bank-wide
told as (
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
        ) as loans_month,
        (
            select max(i.month)
            from valid.income_costs as i
            where i.known_on < cast(:as_of as date) and i.month < cast(:as_of as date)
        ) as costs_month,
        (
            select max(h.known_on)
            from valid.holdings as h
            where h.known_on < cast(:as_of as date)
        ) is not null as has_holdings,
        (
            select max(a.known_on)
            from valid.accounts as a
            where a.known_on < cast(:as_of as date)
        ) is not null as has_accounts
),

-- Accounts and loans belong to whom the register names now, and the whole of it is read for that: a correction may give one to a customer of
-- another slice. Without a register row they belong to whom their own rows name.
account_register as (
    select
        n.account_id,
        n.customer_id,
        n.product_id,
        n.opened_on,
        n.closed_on
    from current.accounts(:as_of) as n
),

-- products whose accounts owe and hold no deposit
debt_products as (
    select distinct p.product_id
    from valid.products as p
    where p.known_on < cast(:as_of as date) and p.kind in ('loan', 'overdraft', 'card')
),

restated_balances as (
    select
        b.account_id,
        b.month,
        max(b.source_known_on) as last_stated_on
    from valid.balances as b
    cross join told as t
    where
        b.known_on < cast(:as_of as date)
        and b.month <= t.balances_month
        and b.month > cast(t.balances_month - interval '12' month as date)
    group by b.account_id, b.month
    having count(*) > 1
),

balance_rows as (
    select
        b.account_id,
        coalesce(a.customer_id, b.customer_id) as customer_id,
        coalesce(a.closed_on < cast(:as_of as date), false) as is_closed,
        b.average_balance,
        b.end_balance,
        cast(
            (extract(year from t.balances_month) - extract(year from b.month)) * 12
            + extract(month from t.balances_month) - extract(month from b.month) as integer
        ) as back
    from valid.balances as b
    cross join told as t
    left join account_register as a on b.account_id = a.account_id
    where
        b.known_on < cast(:as_of as date)
        and b.month <= t.balances_month
        and b.month > cast(t.balances_month - interval '12' month as date)
        and coalesce(a.customer_id, b.customer_id) >= :first_customer
        and (
            cast(:next_customer as varchar(64)) is null
            or coalesce(a.customer_id, b.customer_id) < cast(:next_customer as varchar(64))
        )
        and not exists (
            select 1 as found
            from restated_balances as r
            where r.account_id = b.account_id and r.month = b.month and r.last_stated_on > b.source_known_on
        )
        and not exists (
            select 1 as found
            from debt_products as d
            where d.product_id = a.product_id
        )
),

-- what is late for the last month stands as in the month before, unless the account is closed
balances_of_account as (
    select
        b.customer_id,
        b.account_id,
        coalesce(
            max(case when b.back = 0 then b.end_balance end), max(case when b.back = 1 and not b.is_closed then b.end_balance end), 0
        ) as end_balance,
        coalesce(
            max(case when b.back = 0 then b.average_balance end), max(case when b.back = 1 and not b.is_closed then b.average_balance end), 0
        ) as average_balance,
        sum(case when b.back between 1 and 2 then b.average_balance else 0 end) as average_balance_before_3m,
        sum(case when b.back >= 1 then b.average_balance else 0 end) as average_balance_before_12m
    from balance_rows as b
    group by b.customer_id, b.account_id
),

deposits as (
    select
        b.customer_id,
        sum(b.end_balance) as deposit_balance,
        sum(b.average_balance + b.average_balance_before_3m) as deposit_balance_sum_3m,
        sum(b.average_balance + b.average_balance_before_12m) as deposit_balance_sum_12m
    from balances_of_account as b
    group by b.customer_id
),

loan_register as (
    select
        n.loan_id,
        n.customer_id,
        n.product_id,
        n.matures_on,
        n.limit_amount,
        n.collateral_value
    from current.loans(:as_of) as n
),

restated_loans as (
    select
        l.loan_id,
        l.month,
        max(l.source_known_on) as last_stated_on
    from valid.loan_months as l
    cross join told as t
    where
        l.known_on < cast(:as_of as date)
        and l.month <= t.loans_month
        and l.month > cast(t.loans_month - interval '12' month as date)
    group by l.loan_id, l.month
    having count(*) > 1
),

loan_rows as (
    select
        l.loan_id,
        coalesce(c.customer_id, l.customer_id) as customer_id,
        coalesce(c.matures_on < cast(:as_of as date), false) as is_over,
        l.outstanding_amount,
        l.overdue_amount,
        l.written_off_amount,
        l.days_past_due,
        l.class5,
        cast(
            (extract(year from t.loans_month) - extract(year from l.month)) * 12
            + extract(month from t.loans_month) - extract(month from l.month) as integer
        ) as back
    from valid.loan_months as l
    cross join told as t
    left join loan_register as c on l.loan_id = c.loan_id
    where
        l.known_on < cast(:as_of as date)
        and l.month <= t.loans_month
        and l.month > cast(t.loans_month - interval '12' month as date)
        and coalesce(c.customer_id, l.customer_id) >= :first_customer
        and (
            cast(:next_customer as varchar(64)) is null
            or coalesce(c.customer_id, l.customer_id) < cast(:next_customer as varchar(64))
        )
        and not exists (
            select 1 as found
            from restated_loans as r
            where r.loan_id = l.loan_id and r.month = l.month and r.last_stated_on > l.source_known_on
        )
),

-- a loan past its day that the last month no longer tells is repaid; any other stands as in the month before
received_loans as (
    select
        l.customer_id,
        l.loan_id,
        l.back,
        l.back = 0 or (l.back = 1 and not l.is_over) as may_stand,
        l.outstanding_amount,
        l.overdue_amount,
        l.written_off_amount,
        l.days_past_due,
        l.class5,
        min(l.back) over (partition by l.loan_id) as last_back
    from loan_rows as l
),

months_of_loan as (
    select
        l.customer_id,
        l.loan_id,
        coalesce(max(case when l.may_stand and l.back = l.last_back then l.outstanding_amount end), 0) as outstanding_amount,
        coalesce(max(case when l.may_stand and l.back = l.last_back then l.overdue_amount end), 0) as overdue_amount,
        coalesce(max(case when l.may_stand and l.back = l.last_back then l.days_past_due end), 0) as days_past_due,
        max(case when l.may_stand and l.back = l.last_back then l.class5 end) as class5,
        max(case when l.back = 6 then l.outstanding_amount else 0 end) as outstanding_amount_before_6m,
        coalesce(max(l.days_past_due), 0) as days_past_due_peak_12m,
        sum(coalesce(l.written_off_amount, 0)) as written_off_amount_12m
    from received_loans as l
    group by l.customer_id, l.loan_id
),

owing as (
    select
        m.customer_id,
        c.product_id,
        m.outstanding_amount,
        m.overdue_amount,
        m.days_past_due,
        case when m.outstanding_amount > 0 then m.class5 end as class5,
        m.outstanding_amount_before_6m,
        m.days_past_due_peak_12m,
        m.written_off_amount_12m,
        case when m.outstanding_amount > 0 then c.limit_amount end as limit_amount,
        case when m.outstanding_amount > 0 then c.collateral_value end as collateral_value,
        case when m.outstanding_amount > 0 and c.matures_on >= cast(:as_of as date) then c.matures_on end as matures_on
    from months_of_loan as m
    left join loan_register as c on m.loan_id = c.loan_id
),

debts as (
    select
        o.customer_id,
        sum(o.outstanding_amount) as loan_balance,
        sum(o.outstanding_amount_before_6m) as loan_balance_before_6m,
        sum(o.overdue_amount) as overdue_amount,
        max(o.days_past_due) as days_past_due,
        max(o.days_past_due_peak_12m) as days_past_due_peak_12m,
        max(o.class5) as loan_class5,
        sum(o.written_off_amount_12m) as written_off_amount_12m,
        sum(o.limit_amount) as limit_amount,
        sum(o.collateral_value) as collateral_value,
        min(o.matures_on) as next_maturity_on
    from owing as o
    group by o.customer_id
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

held as (
    select
        h.customer_id,
        h.product_id,
        h.money_value
    from holding_rows as h
    where
        h.customer_id >= :first_customer
        and (cast(:next_customer as varchar(64)) is null or h.customer_id < cast(:next_customer as varchar(64)))
        and (h.bought_on is null or h.bought_on < cast(:as_of as date))
        and (h.matures_on is null or h.matures_on >= cast(:as_of as date))
),

held_sums as (
    select
        h.customer_id,
        sum(h.money_value) as holding_value
    from held as h
    group by h.customer_id
),

products_held as (
    select
        a.customer_id,
        a.product_id
    from account_register as a
    where
        a.customer_id >= :first_customer
        and (cast(:next_customer as varchar(64)) is null or a.customer_id < cast(:next_customer as varchar(64)))
        and (a.opened_on is null or a.opened_on < cast(:as_of as date))
        and (a.closed_on is null or a.closed_on >= cast(:as_of as date))
    union
    select
        o.customer_id,
        o.product_id
    from owing as o
    where o.outstanding_amount > 0
    union
    select
        h.customer_id,
        h.product_id
    from held as h
),

product_counts as (
    select
        p.customer_id,
        count(p.product_id) as product_count
    from products_held as p
    group by p.customer_id
),

cost_rows as (
    select
        i.customer_id,
        cast(
            (extract(year from t.costs_month) - extract(year from i.month)) * 12
            + extract(month from t.costs_month) - extract(month from i.month) as integer
        ) as back,
        i.interest_income + i.fee_income - i.interest_expense - i.operating_cost - i.risk_cost
            as contribution
    from told as t
    cross join current.income_costs(:as_of, cast(t.costs_month - interval '12' month as date), t.costs_month) as i
    where
        i.customer_id >= :first_customer
        and (cast(:next_customer as varchar(64)) is null or i.customer_id < cast(:next_customer as varchar(64)))
),

contributions as (
    select
        c.customer_id,
        sum(case when c.back < 3 then c.contribution else 0 end) as contribution_3m,
        sum(c.contribution) as contribution_12m
    from cost_rows as c
    group by c.customer_id
),

-- the last yearly report and the one of the year before
reports as (
    select
        r.customer_id,
        r.period_end,
        r.revenue,
        r.net_income,
        r.assets,
        r.liabilities,
        lag(r.revenue) over (partition by r.customer_id order by r.period_end) as revenue_before,
        row_number() over (partition by r.customer_id order by r.period_end desc) as place
    from current.firm_reports(:as_of) as r
    where
        r.period_end < cast(:as_of as date)
        and r.period_end >= cast(cast(:as_of as date) - interval '36' month as date)
        and r.period_months = 12
        and r.customer_id >= :first_customer
        and (cast(:next_customer as varchar(64)) is null or r.customer_id < cast(:next_customer as varchar(64)))
)

select
    s.customer_id,
    cast(:as_of as date) as as_of,
    t.balances_month as balances_month,
    t.loans_month as loans_month,
    t.costs_month as costs_month,
    cast(case when t.balances_month is not null then coalesce(d.deposit_balance, 0) end as numeric(18, 2)) as deposit_balance,
    cast(case when t.balances_month is not null then coalesce(d.deposit_balance_sum_3m, 0) end as numeric(18, 2))
        as deposit_balance_sum_3m,
    cast(case when t.balances_month is not null then coalesce(d.deposit_balance_sum_12m, 0) end as numeric(18, 2))
        as deposit_balance_sum_12m,
    cast(case when t.has_holdings then coalesce(h.holding_value, 0) end as numeric(18, 2)) as holding_value,
    cast(case when t.loans_month is not null then coalesce(o.loan_balance, 0) end as numeric(18, 2)) as loan_balance,
    cast(case when t.loans_month is not null then coalesce(o.loan_balance_before_6m, 0) end as numeric(18, 2))
        as loan_balance_before_6m,
    cast(case when t.loans_month is not null then coalesce(o.overdue_amount, 0) end as numeric(18, 2)) as overdue_amount,
    cast(case when t.loans_month is not null then coalesce(o.days_past_due, 0) end as integer) as days_past_due,
    cast(case when t.loans_month is not null then coalesce(o.days_past_due_peak_12m, 0) end as integer)
        as days_past_due_peak_12m,
    cast(o.loan_class5 as integer) as loan_class5,
    cast(case when t.loans_month is not null then coalesce(o.written_off_amount_12m, 0) end as numeric(18, 2))
        as written_off_amount_12m,
    cast(o.limit_amount as numeric(18, 2)) as limit_amount,
    cast(o.collateral_value as numeric(18, 2)) as collateral_value,
    o.next_maturity_on as next_maturity_on,
    cast(case when t.has_accounts then coalesce(p.product_count, 0) end as integer) as product_count,
    cast(case when t.costs_month is not null then coalesce(c.contribution_3m, 0) end as numeric(18, 2))
        as contribution_3m,
    cast(case when t.costs_month is not null then coalesce(c.contribution_12m, 0) end as numeric(18, 2))
        as contribution_12m,
    r.period_end as report_period_end,
    r.revenue as report_revenue,
    r.revenue_before as report_revenue_before,
    r.net_income as report_net_income,
    r.assets as report_assets,
    r.liabilities as report_liabilities
from spine as s
cross join told as t
left join deposits as d on s.customer_id = d.customer_id
left join debts as o on s.customer_id = o.customer_id
left join held_sums as h on s.customer_id = h.customer_id
left join product_counts as p on s.customer_id = p.customer_id
left join contributions as c on s.customer_id = c.customer_id
left join reports as r on s.customer_id = r.customer_id and r.place = 1
