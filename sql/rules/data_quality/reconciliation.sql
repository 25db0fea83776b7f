-- One row a customer and measure (deposit_balance, loan_balance, product_count): what the front CRM last said of it before :as_of, beside what the
-- core says, as last told before :as_of, of the last month that had ended by the day that the CRM states (money) or of that day (products:
-- open accounts, loans with something owed in that month, what was held). difference is the CRM's value less the core's.
-- missing_in_core: the CRM has a profile of whom the core does not know as a customer. missing_in_crm: a customer who had joined before the
-- last day that any profile states has none; it is compared as of that day. unknown: the core has told nothing of that kind and month,
-- or not yet all of this customer, or the profile has no such value. Differences of up to :tolerance_amount are matched.
with current_customers as (
    select
        n.customer_id,
        coalesce(n.joined_on, n.known_on) as joined_on
    from current.customers(:as_of) as n
    where n.relation = 'customer'
),

profiles as (
    select
        n.customer_id,
        n.deposit_balance,
        n.loan_balance,
        n.product_count,
        n.stated_on
    from (
        select
            p.customer_id,
            p.deposit_balance,
            p.loan_balance,
            p.product_count,
            coalesce(p.updated_on, p.source_known_on) as stated_on,
            row_number() over (partition by p.customer_id order by p.source_known_on desc) as newest
        from valid.crm_profiles as p
        where p.known_on < cast(:as_of as date) and coalesce(p.updated_on, p.source_known_on) < cast(:as_of as date)
    ) as n
    where n.newest = 1
),

last_stated as materialized (
    select max(p.stated_on) as stated_on
    from profiles as p
),

paired as (
    select
        coalesce(p.customer_id, c.customer_id) as customer_id,
        coalesce(p.stated_on, l.stated_on) as stated_on,
        case when c.customer_id is null then 'missing_in_core' when p.customer_id is null then 'missing_in_crm' end as missing,
        p.deposit_balance,
        p.loan_balance,
        p.product_count
    from current_customers as c
    full outer join profiles as p on c.customer_id = p.customer_id
    cross join last_stated as l
    where p.customer_id is not null or c.joined_on < l.stated_on
),

-- the last month that had ended by the end of the day stated
spine as (
    select
        q.customer_id,
        q.stated_on,
        cast(date_trunc('month', q.stated_on + interval '1' day) - interval '1' month as date) as month,
        q.missing,
        q.deposit_balance,
        q.loan_balance,
        q.product_count
    from paired as q
),

months_requested as (
    select distinct s.month
    from spine as s
),

-- with the month before each, which tells of what is late for it
months_read as (
    select m.month
    from months_requested as m
    union
    select cast(m.month - interval '1' month as date) as month
    from months_requested as m
),

balance_rows as (
    select
        b.account_id,
        b.customer_id,
        b.month,
        b.end_balance,
        row_number() over (partition by b.account_id, b.month order by b.source_known_on desc) as newest
    from valid.balances as b
    inner join months_read as m on b.month = m.month
    where b.known_on < cast(:as_of as date)
),

balance_months as (
    select distinct b.month
    from balance_rows as b
),

deposits as (
    select
        b.customer_id,
        b.month,
        sum(b.end_balance) as deposit_balance
    from balance_rows as b
    where b.newest = 1
    group by b.customer_id, b.month
),

owed_rows as (
    select
        o.loan_id,
        o.customer_id,
        o.month,
        o.outstanding_amount,
        row_number() over (partition by o.loan_id, o.month order by o.source_known_on desc) as newest
    from valid.loan_months as o
    inner join months_read as m on o.month = m.month
    where o.known_on < cast(:as_of as date)
),

loan_months as (
    select distinct o.month
    from owed_rows as o
),

debts as (
    select
        o.customer_id,
        o.month,
        sum(o.outstanding_amount) as loan_balance
    from owed_rows as o
    where o.newest = 1
    group by o.customer_id, o.month
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

has_accounts as materialized (
    select count(a.customer_id) > 0 as is_received
    from account_rows as a
),

loan_rows as (
    select
        l.loan_id,
        l.product_id,
        l.matures_on
    from current.loans(:as_of) as l
),

holding_rows as (
    select
        h.customer_id,
        h.product_id,
        h.bought_on,
        h.matures_on
    from current.holdings(:as_of) as h
),

-- Late is an account told of the month before and not of the month, unless it was closed by its end; a loan that owed something likewise, unless
-- it was over by then. Without its amount the core does not know the sum.
balances_awaited as (
    select
        b.account_id,
        b.customer_id,
        b.month,
        1 as is_received
    from balance_rows as b
    where b.newest = 1
    union all
    select
        b.account_id,
        b.customer_id,
        cast(b.month + interval '1' month as date) as month,
        0 as is_received
    from balance_rows as b
    where b.newest = 1
),

late_accounts as (
    select
        w.account_id,
        max(w.customer_id) as customer_id,
        w.month
    from balances_awaited as w
    inner join months_requested as m on w.month = m.month
    group by w.account_id, w.month
    having max(w.is_received) = 0
),

late_deposits as (
    select distinct
        w.customer_id,
        w.month
    from late_accounts as w
    left join account_rows as a on w.account_id = a.account_id
    where not coalesce(a.closed_on < cast(w.month + interval '1' month as date), false)
),

debts_awaited as (
    select
        o.loan_id,
        o.customer_id,
        o.month,
        1 as is_received
    from owed_rows as o
    where o.newest = 1
    union all
    select
        o.loan_id,
        o.customer_id,
        cast(o.month + interval '1' month as date) as month,
        0 as is_received
    from owed_rows as o
    where o.newest = 1 and o.outstanding_amount > 0
),

late_loans as (
    select
        w.loan_id,
        max(w.customer_id) as customer_id,
        w.month
    from debts_awaited as w
    inner join months_requested as m on w.month = m.month
    group by w.loan_id, w.month
    having max(w.is_received) = 0
),

late_debts as (
    select distinct
        w.customer_id,
        w.month
    from late_loans as w
    left join loan_rows as l on w.loan_id = l.loan_id
    where not coalesce(l.matures_on < cast(w.month + interval '1' month as date), false)
),

products_held as (
    select
        s.customer_id,
        a.product_id
    from spine as s
    inner join account_rows as a on s.customer_id = a.customer_id
    where
        (a.opened_on is null or a.opened_on <= s.stated_on)
        and (a.closed_on is null or a.closed_on > s.stated_on)
    union
    select
        s.customer_id,
        l.product_id
    from spine as s
    inner join owed_rows as o on s.customer_id = o.customer_id and s.month = o.month
    inner join loan_rows as l on o.loan_id = l.loan_id
    where o.newest = 1 and o.outstanding_amount > 0
    union
    select
        s.customer_id,
        h.product_id
    from spine as s
    inner join holding_rows as h on s.customer_id = h.customer_id
    where
        (h.bought_on is null or h.bought_on <= s.stated_on)
        and (h.matures_on is null or h.matures_on > s.stated_on)
),

product_counts as (
    select
        p.customer_id,
        count(p.product_id) as product_count
    from products_held as p
    group by p.customer_id
),

measures as (
    select
        s.customer_id,
        'deposit_balance' as measure,
        s.stated_on,
        s.missing,
        case when m.month is not null and w.customer_id is null then coalesce(d.deposit_balance, 0) end as core_value,
        s.deposit_balance as crm_value
    from spine as s
    left join late_deposits as w on s.customer_id = w.customer_id and s.month = w.month
    left join balance_months as m on s.month = m.month
    left join deposits as d on s.customer_id = d.customer_id and s.month = d.month
    union all
    select
        s.customer_id,
        'loan_balance' as measure,
        s.stated_on,
        s.missing,
        case when m.month is not null and w.customer_id is null then coalesce(d.loan_balance, 0) end as core_value,
        s.loan_balance as crm_value
    from spine as s
    left join late_debts as w on s.customer_id = w.customer_id and s.month = w.month
    left join loan_months as m on s.month = m.month
    left join debts as d on s.customer_id = d.customer_id and s.month = d.month
    union all
    select
        s.customer_id,
        'product_count' as measure,
        s.stated_on,
        s.missing,
        case when a.is_received and w.customer_id is null then coalesce(p.product_count, 0) end as core_value,
        s.product_count as crm_value
    from spine as s
    left join late_debts as w on s.customer_id = w.customer_id and s.month = w.month
    cross join has_accounts as a
    left join product_counts as p on s.customer_id = p.customer_id
),

compared as (
    select
        v.customer_id,
        v.measure,
        v.stated_on,
        v.missing,
        case when v.missing = 'missing_in_core' then null else v.core_value end as core_value,
        v.crm_value
    from measures as v
)

select
    :run_id as run_id,
    v.customer_id,
    v.measure,
    cast(:as_of as date) as as_of,
    v.stated_on,
    cast(v.core_value as numeric(18, 2)) as core_value,
    cast(v.crm_value as numeric(18, 2)) as crm_value,
    cast(v.crm_value - v.core_value as numeric(18, 2)) as difference,
    case
        when v.missing is not null then v.missing
        when v.core_value is null or v.crm_value is null then 'unknown'
        when abs(v.crm_value - v.core_value) <= :tolerance_amount then 'matched'
        else 'differs'
    end as status,
    :rule_version as rule_version
from compared as v
