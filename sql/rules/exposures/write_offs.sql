-- One row a customer (level customer) or branch (level branch) and month with something written off, of the last twelve months told of loans or by
-- the ledger before :as_of. A customer's rows are the labels: who was written off, when, how much; the ledger does not go down to customers, so
-- they are 'not_received'. A branch's rows hold what its customers' loans say (key 'none': no branch is registered) to what the general ledger says:
-- matched to the cent, or differs; 'not_received' where one of the two has not spoken of that month or branch.
with last_received as (
    select max(u.month) as month
    from (
        select max(m.month) as month
        from valid.loan_months as m
        where m.known_on < cast(:as_of as date) and m.month < cast(:as_of as date)
        union all
        select max(l.month) as month
        from valid.ledger_write_offs as l
        where l.known_on < cast(:as_of as date) and l.month < cast(:as_of as date)
    ) as u
),

loan_rows as (
    select
        m.loan_id,
        m.customer_id,
        m.month,
        coalesce(m.written_off_amount, 0) as written_off_amount,
        m.written_off_amount is not null as is_received
    from last_received as t
    cross join current.loan_months(:as_of, cast(t.month - interval '12' month as date), t.month) as m
),

months_received as (
    select distinct m.month
    from loan_rows as m
    where m.is_received
),

customer_months as (
    select
        m.customer_id,
        m.month,
        sum(m.written_off_amount) as written_off_amount
    from loan_rows as m
    group by m.customer_id, m.month
    having sum(m.written_off_amount) <> 0
),

known as (
    select
        n.customer_id,
        n.branch_id
    from current.customers(:as_of) as n
),

branch_months as (
    select
        coalesce(k.branch_id, 'none') as branch_id,
        m.month,
        sum(m.written_off_amount) as written_off_amount
    from customer_months as m
    left join known as k on m.customer_id = k.customer_id
    group by coalesce(k.branch_id, 'none'), m.month
),

ledger as (
    select
        l.branch_id,
        l.month,
        l.written_off_amount
    from last_received as t
    cross join current.ledger_write_offs(:as_of, cast(t.month - interval '12' month as date), t.month) as l
),

-- where loans tell a month, a branch of which they tell nothing wrote off nothing; the ledger's silence is no zero
paired as (
    select
        coalesce(b.branch_id, l.branch_id) as branch_id,
        coalesce(b.month, l.month) as month,
        b.written_off_amount,
        l.written_off_amount as ledger_amount
    from branch_months as b
    full outer join ledger as l on b.branch_id = l.branch_id and b.month = l.month
),

levels as (
    select
        'customer' as level,
        m.customer_id as key,
        m.month,
        m.written_off_amount,
        cast(null as numeric(18, 2)) as ledger_amount
    from customer_months as m
    union all
    select
        'branch' as level,
        p.branch_id as key,
        p.month,
        case when t.month is not null then coalesce(p.written_off_amount, 0) end as written_off_amount,
        p.ledger_amount
    from paired as p
    left join months_received as t on p.month = t.month
)

select
    :run_id as run_id,
    v.level,
    v.key,
    v.month,
    cast(:as_of as date) as as_of,
    cast(v.written_off_amount as numeric(18, 2)) as written_off_amount,
    v.ledger_amount,
    cast(v.ledger_amount - v.written_off_amount as numeric(18, 2)) as difference_amount,
    case
        when v.ledger_amount is null or v.written_off_amount is null then 'not_received'
        when v.ledger_amount = v.written_off_amount then 'matched'
        else 'differs'
    end as state,
    :rule_version as rule_version
from levels as v
where coalesce(v.written_off_amount, 0) <> 0 or coalesce(v.ledger_amount, 0) <> 0
