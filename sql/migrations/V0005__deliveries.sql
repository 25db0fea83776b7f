-- What each month's delivery of a landing table was like, what persons accepted of it, and the view that the statistics are computed from.
-- one row a delivered month (as_of is the first of the month after), table, branch ('all': the whole bank) and measure; sample: the rows or
-- customers behind the value. Outside stop_low to stop_high it stops or withholds, outside warn_low to warn_high it warns. A null bound: none.
-- state: unchecked, usual, warned, stopped, withheld (the branch's customers) or accepted; validated_as_of: the run that evaluated it
create table ops.delivery_statistics (
    as_of date not null,
    table_name varchar(64) not null,
    branch_id varchar(64) not null,
    measure varchar(64) not null,
    value double precision not null,
    sample bigint not null,
    warn_low double precision,
    warn_high double precision,
    stop_low double precision,
    stop_high double precision,
    state varchar(16) not null,
    validated_as_of date
);

-- a person's word that a table's delivery is right although it is unusual; row_count: the rows of the table known before as_of, so that it
-- counts for this delivery and for no later one
create table ops.delivery_acceptances (
    place bigint not null primary key,
    table_name varchar(64) not null,
    as_of date not null,
    row_count bigint not null,
    accepted_by varchar(200) not null,
    reason varchar(1000) not null,
    accepted_at timestamp not null default current_timestamp
);

-- one row a table, customer and month in which rows became known; amount: the sum of absolute amounts that are not void. late_count: rows of
-- more than a month before they became known
create view ops.customer_deliveries as
select
    'transactions' as table_name,
    t.customer_id,
    cast(date_trunc('month', t.known_on) as date) as delivered_in,
    count(*) as row_count,
    cast(sum(case when t.is_void then 0 else abs(t.amount) end) as double precision) as amount,
    cast(sum(case when t.is_void or t.amount < 0 then 0 else t.amount end) as double precision) as second_amount,
    sum(case when t.is_void then 1 else 0 end) as void_count,
    sum(case when t.amount = 0 then 1 else 0 end) as zero_count,
    sum(case when t.booked_on < date_trunc('month', t.known_on) - interval '1 month' then 1 else 0 end) as late_count
from landing.transactions as t
group by 2, 3
union all
select
    'balances' as table_name,
    b.customer_id,
    cast(date_trunc('month', b.known_on) as date) as delivered_in,
    count(*) as row_count,
    cast(sum(abs(b.average_balance)) as double precision) as amount,
    cast(sum(abs(b.end_balance)) as double precision) as second_amount,
    0 as void_count,
    sum(case when b.average_balance = 0 and b.end_balance = 0 then 1 else 0 end) as zero_count,
    sum(case when b.month < date_trunc('month', b.known_on) - interval '1 month' then 1 else 0 end) as late_count
from landing.balances as b
group by 2, 3
union all
select
    'loan_months' as table_name,
    m.customer_id,
    cast(date_trunc('month', m.known_on) as date) as delivered_in,
    count(*) as row_count,
    cast(sum(m.outstanding_amount) as double precision) as amount,
    cast(sum(coalesce(m.days_past_due, 0)) as double precision) as second_amount,
    0 as void_count,
    sum(case when m.outstanding_amount = 0 then 1 else 0 end) as zero_count,
    sum(case when m.month < date_trunc('month', m.known_on) - interval '1 month' then 1 else 0 end) as late_count
from landing.loan_months as m
group by 2, 3
union all
select
    'income_costs' as table_name,
    i.customer_id,
    cast(date_trunc('month', i.known_on) as date) as delivered_in,
    count(*) as row_count,
    cast(sum(abs(i.interest_income) + abs(i.fee_income)) as double precision) as amount,
    cast(sum(abs(i.interest_expense) + abs(i.operating_cost) + abs(i.risk_cost)) as double precision) as second_amount,
    0 as void_count,
    sum(case when i.interest_income = 0 and i.fee_income = 0 and i.interest_expense = 0 and i.operating_cost = 0 then 1 else 0 end) as zero_count,
    sum(case when i.month < date_trunc('month', i.known_on) - interval '1 month' then 1 else 0 end) as late_count
from landing.income_costs as i
group by 2, 3
union all
select
    'events' as table_name,
    e.customer_id,
    cast(date_trunc('month', e.known_on) as date) as delivered_in,
    count(*) as row_count,
    sum(abs(coalesce(e.value, 0))) as amount,
    cast(0 as double precision) as second_amount,
    0 as void_count,
    sum(case when e.value = 0 then 1 else 0 end) as zero_count,
    sum(case when e.occurred_on < date_trunc('month', e.known_on) - interval '1 month' then 1 else 0 end) as late_count
from landing.events as e
group by 2, 3
union all
select
    'contacts' as table_name,
    k.customer_id,
    cast(date_trunc('month', k.known_on) as date) as delivered_in,
    count(*) as row_count,
    cast(0 as double precision) as amount,
    cast(0 as double precision) as second_amount,
    0 as void_count,
    0 as zero_count,
    sum(case when k.contacted_on < date_trunc('month', k.known_on) - interval '1 month' then 1 else 0 end) as late_count
from landing.contacts as k
group by 2, 3;
