-- The schema of release 1: one statement a table or view, in the order ops, landing, valid, facts, features, learn, tables and views of the CRM.
-- Types are the common subset of DuckDB and PostgreSQL. Tables of many rows get their primary keys in V0002, on PostgreSQL only.
create schema landing;
create schema valid;
create schema facts;
create schema features;
create schema learn;
create schema crm;

-- one row a table and extract; rows_changed: rows that came again with other content under their key and known_on
create table ops.extracts (
    source varchar(64) not null,
    table_name varchar(64) not null,
    as_of date not null,
    attempt integer not null,
    rows_read bigint not null,
    rows_new bigint not null,
    rows_seen_before bigint not null,
    rows_duplicate bigint not null,
    rows_backdated bigint not null,
    finished_at timestamp not null default current_timestamp,
    rows_changed bigint,
    primary key (source, table_name, as_of, attempt)
);

create table ops.source_counts (
    source varchar(64) not null,
    as_of date not null,
    subject varchar(64) not null,
    note varchar(200) not null,
    row_count bigint not null,
    primary key (source, as_of, subject)
);

-- rows that facts and features leave out; as_of is the first as-of date on which the row would have counted, known_on + 1
create table ops.quarantine (
    table_name varchar(64) not null,
    row_key varchar(400) not null,
    promise varchar(64) not null,
    as_of date not null,
    primary key (table_name, row_key, promise)
);

create table ops.validations (
    as_of date not null,
    table_name varchar(64) not null,
    promise varchar(64) not null,
    severity varchar(16) not null,
    action varchar(16) not null,
    is_kept boolean not null,
    rows_checked bigint,
    rows_broken bigint,
    why varchar(300) not null,
    observed varchar(300),
    primary key (as_of, table_name, promise)
);

-- how far a step has come: it has processed all that landing held before as_of, which was landing_rows rows
create table ops.watermarks (
    step varchar(32) not null,
    as_of date not null,
    landing_rows bigint not null,
    primary key (step, as_of)
);

-- one row a step that ended; as_of is null for a step that has none (migrate, promote), run_by is who ran it
create table ops.steps (
    step_id bigint not null,
    step varchar(32) not null,
    as_of date,
    subject varchar(64) not null,
    state varchar(16) not null,
    seconds double precision not null,
    row_count bigint,
    peak_bytes bigint,
    message varchar(2000),
    finished_at timestamp not null default current_timestamp,
    run_by varchar(200),
    primary key (step_id)
);

-- state: open, being written; published, what the CRM reads; superseded, was read, its rows kept for a rollback; kept, complete but
-- of an older as_of than the CRM reads, never read; dropped, its rows are gone. valid_until is the last day on which its scores are served
create table ops.runs (
    run_id varchar(64) not null,
    as_of date not null,
    attempt integer not null,
    state varchar(16) not null,
    created_at timestamp not null default current_timestamp,
    valid_until date,
    primary key (run_id)
);

-- The pointer: the row with the highest place is what the CRM reads. Append-only, so a flip is one insert and leaves its history.
create table ops.publications (
    place bigint not null,
    run_id varchar(64) not null,
    as_of date not null,
    action varchar(16) not null,
    published_at timestamp not null default current_timestamp,
    primary key (place)
);

-- previous_run_id: the run that a rule continued from, so that publish can check that it is still published
create table ops.run_rules (
    run_id varchar(64) not null,
    rule varchar(64) not null,
    rule_version varchar(64) not null,
    row_count bigint not null,
    previous_run_id varchar(64)
);

-- decisions of people, given by name on the command line; append-only, place is their order
create table ops.class_decisions (
    place bigint not null primary key,
    kind varchar(16) not null,
    customer_id varchar(64) not null,
    alert_id varchar(128),
    relationship_class varchar(16),
    decided_on date not null,
    decided_by varchar(200) not null,
    reason varchar(1000) not null,
    expires_on date
);

-- The run that the CRM reads. After valid_until (null: no end), by the clock of the reader, crm.scores withholds scores with the cause
-- 'expired', and crm.reasons and crm.care_lists show no rows. Facts and rules stay.
create view ops.current_run as
select
    p.run_id,
    p.as_of,
    p.published_at,
    r.created_at,
    r.valid_until,
    coalesce(r.valid_until < current_date, false) as is_expired
from ops.publications as p
left join ops.runs as r on p.run_id = r.run_id
where p.place = (select max(q.place) from ops.publications as q);

-- landing: what the sources reported, append-only. `known_on` is the day it counts as known here, `source_known_on` what the source reported;
-- they differ only for a row that came after its as_of had been published (docs/decisions/0004).
create table landing.customers (
    customer_id varchar(64) not null,
    kind varchar(16) not null,
    relation varchar(16) not null,
    name varchar(200),
    industry_code varchar(16),
    region varchar(64),
    city varchar(64),
    branch_id varchar(64),
    manager_id varchar(64),
    group_id varchar(64),
    founded_on date,
    joined_on date,
    employees integer,
    capital numeric(18, 2),
    known_on date not null,
    source_known_on date not null
);

create table landing.transactions (
    transaction_id varchar(64) not null,
    customer_id varchar(64) not null,
    account_id varchar(64),
    booked_on date not null,
    amount numeric(18, 2) not null,
    kind varchar(32) not null,
    counterparty_id varchar(64),
    branch_id varchar(64),
    channel varchar(32),
    is_void boolean not null,
    known_on date not null,
    source_known_on date not null
);

create table landing.events (
    event_id varchar(64) not null,
    customer_id varchar(64) not null,
    occurred_on date not null,
    kind varchar(32) not null,
    value double precision,
    known_on date not null,
    source_known_on date not null
);

-- registers: few rows each, all optional for a source
create table landing.products (
    product_id varchar(64) not null,
    kind varchar(32) not null,
    name varchar(200),
    name_en varchar(200),
    yield_type varchar(32),
    posted_rate_ratio double precision,
    term_months integer,
    launched_on date,
    known_on date not null,
    source_known_on date not null,
    primary key (product_id, source_known_on)
);

create table landing.branches (
    branch_id varchar(64) not null,
    parent_branch_id varchar(64),
    kind varchar(32),
    name varchar(200),
    region varchar(64),
    known_on date not null,
    source_known_on date not null,
    primary key (branch_id, source_known_on)
);

create table landing.managers (
    manager_id varchar(64) not null,
    branch_id varchar(64),
    name varchar(200),
    grade varchar(32),
    exam_passed_on date,
    joined_on date,
    left_on date,
    known_on date not null,
    source_known_on date not null,
    primary key (manager_id, source_known_on)
);

create table landing.industries (
    industry_code varchar(32) not null,
    name varchar(200),
    name_en varchar(200),
    known_on date not null,
    source_known_on date not null,
    primary key (industry_code, source_known_on)
);

create table landing.calendar (
    day date not null,
    is_business_day boolean not null,
    holiday varchar(200),
    known_on date not null,
    source_known_on date not null,
    primary key (day, source_known_on)
);

-- what customers have with the bank, and what it knows of them
create table landing.accounts (
    account_id varchar(64) not null,
    customer_id varchar(64) not null,
    product_id varchar(64),
    branch_id varchar(64),
    currency varchar(32),
    rate_ratio double precision,
    opened_on date,
    closed_on date,
    known_on date not null,
    source_known_on date not null
);

create table landing.balances (
    account_id varchar(64) not null,
    customer_id varchar(64) not null,
    month date not null,
    average_balance numeric(18, 2) not null,
    end_balance numeric(18, 2) not null,
    known_on date not null,
    source_known_on date not null
);

create table landing.loans (
    loan_id varchar(64) not null,
    customer_id varchar(64) not null,
    product_id varchar(64),
    granted_on date,
    matures_on date,
    principal_amount numeric(18, 2),
    limit_amount numeric(18, 2),
    rate_ratio double precision,
    collateral_value numeric(18, 2),
    known_on date not null,
    source_known_on date not null
);

create table landing.loan_months (
    loan_id varchar(64) not null,
    customer_id varchar(64) not null,
    month date not null,
    outstanding_amount numeric(18, 2) not null,
    overdue_amount numeric(18, 2),
    written_off_amount numeric(18, 2),
    days_past_due integer,
    class5 integer,
    known_on date not null,
    source_known_on date not null
);

create table landing.income_costs (
    customer_id varchar(64) not null,
    month date not null,
    interest_income numeric(18, 2) not null,
    fee_income numeric(18, 2) not null,
    interest_expense numeric(18, 2) not null,
    operating_cost numeric(18, 2) not null,
    risk_cost numeric(18, 2) not null,
    known_on date not null,
    source_known_on date not null
);

create table landing.firm_reports (
    customer_id varchar(64) not null,
    period_end date not null,
    period_months integer not null,
    revenue numeric(18, 2),
    operating_profit numeric(18, 2),
    net_income numeric(18, 2),
    assets numeric(18, 2),
    liabilities numeric(18, 2),
    equity numeric(18, 2),
    known_on date not null,
    source_known_on date not null
);

create table landing.holdings (
    holding_id varchar(64) not null,
    customer_id varchar(64) not null,
    product_id varchar(64) not null,
    bought_on date,
    matures_on date,
    amount numeric(18, 2) not null,
    nav_ratio double precision,
    known_on date not null,
    source_known_on date not null
);

create table landing.profile_fields (
    customer_id varchar(64) not null,
    field_group varchar(64) not null,
    field varchar(64) not null,
    is_filled boolean not null,
    updated_on date,
    known_on date not null,
    source_known_on date not null
);

create table landing.crm_profiles (
    customer_id varchar(64) not null,
    branch_id varchar(64),
    manager_id varchar(64),
    deposit_balance numeric(18, 2),
    loan_balance numeric(18, 2),
    product_count integer,
    updated_on date,
    known_on date not null,
    source_known_on date not null
);

create table landing.contacts (
    contact_id varchar(64) not null,
    customer_id varchar(64) not null,
    contacted_on date not null,
    manager_id varchar(64),
    branch_id varchar(64),
    channel varchar(32),
    known_on date not null,
    source_known_on date not null
);

-- who must not be marketed to, who guarantees for whom, what other banks lend, what the ledger wrote off
create table landing.blacklist (
    entry_id varchar(64) not null,
    customer_id varchar(64) not null,
    listed_on date not null,
    lifted_on date,
    list_source varchar(64) not null,
    reason varchar(64),
    known_on date not null,
    source_known_on date not null
);

create table landing.guarantees (
    guarantee_id varchar(64) not null,
    guarantor_id varchar(64) not null,
    customer_id varchar(64) not null,
    amount numeric(18, 2),
    granted_on date,
    ends_on date,
    known_on date not null,
    source_known_on date not null
);

create table landing.outside_exposures (
    customer_id varchar(64) not null,
    month date not null,
    bank_count integer,
    exposure_amount numeric(18, 2),
    known_on date not null,
    source_known_on date not null
);

create table landing.ledger_write_offs (
    branch_id varchar(64) not null,
    month date not null,
    written_off_amount numeric(18, 2) not null,
    known_on date not null,
    source_known_on date not null
);

-- what each customer stated about marketing
create table landing.consents (
    customer_id varchar(64) not null,
    has_marketing_consent boolean,
    erasure_requested_on date,
    stated_on date not null,
    known_on date not null,
    source_known_on date not null
);

create table landing.manager_skills (
    manager_id varchar(64) not null,
    skill varchar(32) not null,
    is_held boolean not null,
    attained_on date,
    known_on date not null,
    source_known_on date not null
);

-- valid: one view a landing table, its rows without those in ops.quarantine, so that no rule has to remember them. A quarantined row's key
-- ends with source_known_on. The key is taken apart once a quarantined row, because building keys for all rows takes longer than most rules.
-- It is in a CTE because DuckDB reads a large table nearly twice as slowly where the parsing is within the exists.
create view valid.customers as
with set_aside as (
    select
        left(q.row_key, length(q.row_key) - 11) as customer_id,
        cast(right(q.row_key, 10) as date) as source_known_on
    from ops.quarantine as q
    where q.table_name = 'customers'
)

select
    t.customer_id,
    t.kind,
    t.relation,
    t.name,
    t.industry_code,
    t.region,
    t.city,
    t.branch_id,
    t.manager_id,
    t.group_id,
    t.founded_on,
    t.joined_on,
    t.employees,
    t.capital,
    t.known_on,
    t.source_known_on
from landing.customers as t
where not exists (
    select 1 as found
    from set_aside as a
    where
        a.customer_id = t.customer_id
        and a.source_known_on = t.source_known_on
);

create view valid.transactions as
with set_aside as (
    select
        left(q.row_key, length(q.row_key) - 11) as transaction_id,
        cast(right(q.row_key, 10) as date) as source_known_on
    from ops.quarantine as q
    where q.table_name = 'transactions'
)

select
    t.transaction_id,
    t.customer_id,
    t.account_id,
    t.booked_on,
    t.amount,
    t.kind,
    t.counterparty_id,
    t.branch_id,
    t.channel,
    t.is_void,
    t.known_on,
    t.source_known_on
from landing.transactions as t
where not exists (
    select 1 as found
    from set_aside as a
    where
        a.transaction_id = t.transaction_id
        and a.source_known_on = t.source_known_on
);

create view valid.events as
with set_aside as (
    select
        left(q.row_key, length(q.row_key) - 11) as event_id,
        cast(right(q.row_key, 10) as date) as source_known_on
    from ops.quarantine as q
    where q.table_name = 'events'
)

select
    t.event_id,
    t.customer_id,
    t.occurred_on,
    t.kind,
    t.value,
    t.known_on,
    t.source_known_on
from landing.events as t
where not exists (
    select 1 as found
    from set_aside as a
    where
        a.event_id = t.event_id
        and a.source_known_on = t.source_known_on
);

create view valid.accounts as
with set_aside as (
    select
        left(q.row_key, length(q.row_key) - 11) as account_id,
        cast(right(q.row_key, 10) as date) as source_known_on
    from ops.quarantine as q
    where q.table_name = 'accounts'
)

select
    t.account_id,
    t.customer_id,
    t.product_id,
    t.branch_id,
    t.currency,
    t.rate_ratio,
    t.opened_on,
    t.closed_on,
    t.known_on,
    t.source_known_on
from landing.accounts as t
where not exists (
    select 1 as found
    from set_aside as a
    where
        a.account_id = t.account_id
        and a.source_known_on = t.source_known_on
);

create view valid.balances as
with set_aside as (
    select
        left(q.row_key, length(q.row_key) - 22) as account_id,
        cast(left(right(q.row_key, 21), 10) as date) as month,
        cast(right(q.row_key, 10) as date) as source_known_on
    from ops.quarantine as q
    where q.table_name = 'balances'
)

select
    t.account_id,
    t.customer_id,
    t.month,
    t.average_balance,
    t.end_balance,
    t.known_on,
    t.source_known_on
from landing.balances as t
where not exists (
    select 1 as found
    from set_aside as a
    where
        a.account_id = t.account_id
        and a.month = t.month
        and a.source_known_on = t.source_known_on
);

create view valid.loans as
with set_aside as (
    select
        left(q.row_key, length(q.row_key) - 11) as loan_id,
        cast(right(q.row_key, 10) as date) as source_known_on
    from ops.quarantine as q
    where q.table_name = 'loans'
)

select
    t.loan_id,
    t.customer_id,
    t.product_id,
    t.granted_on,
    t.matures_on,
    t.principal_amount,
    t.limit_amount,
    t.rate_ratio,
    t.collateral_value,
    t.known_on,
    t.source_known_on
from landing.loans as t
where not exists (
    select 1 as found
    from set_aside as a
    where
        a.loan_id = t.loan_id
        and a.source_known_on = t.source_known_on
);

create view valid.loan_months as
with set_aside as (
    select
        left(q.row_key, length(q.row_key) - 22) as loan_id,
        cast(left(right(q.row_key, 21), 10) as date) as month,
        cast(right(q.row_key, 10) as date) as source_known_on
    from ops.quarantine as q
    where q.table_name = 'loan_months'
)

select
    t.loan_id,
    t.customer_id,
    t.month,
    t.outstanding_amount,
    t.overdue_amount,
    t.written_off_amount,
    t.days_past_due,
    t.class5,
    t.known_on,
    t.source_known_on
from landing.loan_months as t
where not exists (
    select 1 as found
    from set_aside as a
    where
        a.loan_id = t.loan_id
        and a.month = t.month
        and a.source_known_on = t.source_known_on
);

create view valid.income_costs as
with set_aside as (
    select
        left(q.row_key, length(q.row_key) - 22) as customer_id,
        cast(left(right(q.row_key, 21), 10) as date) as month,
        cast(right(q.row_key, 10) as date) as source_known_on
    from ops.quarantine as q
    where q.table_name = 'income_costs'
)

select
    t.customer_id,
    t.month,
    t.interest_income,
    t.fee_income,
    t.interest_expense,
    t.operating_cost,
    t.risk_cost,
    t.known_on,
    t.source_known_on
from landing.income_costs as t
where not exists (
    select 1 as found
    from set_aside as a
    where
        a.customer_id = t.customer_id
        and a.month = t.month
        and a.source_known_on = t.source_known_on
);

create view valid.firm_reports as
with set_aside as (
    select
        left(q.row_key, length(q.row_key) - 11) as row_key,
        cast(right(q.row_key, 10) as date) as source_known_on
    from ops.quarantine as q
    where q.table_name = 'firm_reports'
)

select
    t.customer_id,
    t.period_end,
    t.period_months,
    t.revenue,
    t.operating_profit,
    t.net_income,
    t.assets,
    t.liabilities,
    t.equity,
    t.known_on,
    t.source_known_on
from landing.firm_reports as t
where not exists (
    select 1 as found
    from set_aside as a
    where
        a.row_key = t.customer_id || '|' || cast(t.period_end as varchar(10)) || '|' || cast(t.period_months as varchar(10))
        and a.source_known_on = t.source_known_on
);

create view valid.holdings as
with set_aside as (
    select
        left(q.row_key, length(q.row_key) - 11) as holding_id,
        cast(right(q.row_key, 10) as date) as source_known_on
    from ops.quarantine as q
    where q.table_name = 'holdings'
)

select
    t.holding_id,
    t.customer_id,
    t.product_id,
    t.bought_on,
    t.matures_on,
    t.amount,
    t.nav_ratio,
    t.known_on,
    t.source_known_on
from landing.holdings as t
where not exists (
    select 1 as found
    from set_aside as a
    where
        a.holding_id = t.holding_id
        and a.source_known_on = t.source_known_on
);

-- Row keys of tables whose key has two columns of free text: in the later ones ~ is written ~0 and | is written ~1 (as RFC 6901 escapes), so
-- that only separators follow the first column and no two rows share a key. Other row keys have one such column, before fixed-width dates and
-- integers, and are unique as they are. sql/checks builds the same text.
create view valid.profile_fields as
with set_aside as (
    select
        left(q.row_key, length(q.row_key) - 11) as row_key,
        cast(right(q.row_key, 10) as date) as source_known_on
    from ops.quarantine as q
    where q.table_name = 'profile_fields'
)

select
    t.customer_id,
    t.field_group,
    t.field,
    t.is_filled,
    t.updated_on,
    t.known_on,
    t.source_known_on
from landing.profile_fields as t
where not exists (
    select 1 as found
    from set_aside as a
    where
        a.row_key = t.customer_id
        || '|' || replace(replace(t.field_group, '~', '~0'), '|', '~1')
        || '|' || replace(replace(t.field, '~', '~0'), '|', '~1')
        and a.source_known_on = t.source_known_on
);

create view valid.crm_profiles as
with set_aside as (
    select
        left(q.row_key, length(q.row_key) - 11) as customer_id,
        cast(right(q.row_key, 10) as date) as source_known_on
    from ops.quarantine as q
    where q.table_name = 'crm_profiles'
)

select
    t.customer_id,
    t.branch_id,
    t.manager_id,
    t.deposit_balance,
    t.loan_balance,
    t.product_count,
    t.updated_on,
    t.known_on,
    t.source_known_on
from landing.crm_profiles as t
where not exists (
    select 1 as found
    from set_aside as a
    where
        a.customer_id = t.customer_id
        and a.source_known_on = t.source_known_on
);

create view valid.contacts as
with set_aside as (
    select
        left(q.row_key, length(q.row_key) - 11) as contact_id,
        cast(right(q.row_key, 10) as date) as source_known_on
    from ops.quarantine as q
    where q.table_name = 'contacts'
)

select
    t.contact_id,
    t.customer_id,
    t.contacted_on,
    t.manager_id,
    t.branch_id,
    t.channel,
    t.known_on,
    t.source_known_on
from landing.contacts as t
where not exists (
    select 1 as found
    from set_aside as a
    where
        a.contact_id = t.contact_id
        and a.source_known_on = t.source_known_on
);

create view valid.products as
with set_aside as (
    select
        left(q.row_key, length(q.row_key) - 11) as product_id,
        cast(right(q.row_key, 10) as date) as source_known_on
    from ops.quarantine as q
    where q.table_name = 'products'
)

select
    t.product_id,
    t.kind,
    t.name,
    t.name_en,
    t.yield_type,
    t.posted_rate_ratio,
    t.term_months,
    t.launched_on,
    t.known_on,
    t.source_known_on
from landing.products as t
where not exists (
    select 1 as found
    from set_aside as a
    where
        a.product_id = t.product_id
        and a.source_known_on = t.source_known_on
);

create view valid.branches as
with set_aside as (
    select
        left(q.row_key, length(q.row_key) - 11) as branch_id,
        cast(right(q.row_key, 10) as date) as source_known_on
    from ops.quarantine as q
    where q.table_name = 'branches'
)

select
    t.branch_id,
    t.parent_branch_id,
    t.kind,
    t.name,
    t.region,
    t.known_on,
    t.source_known_on
from landing.branches as t
where not exists (
    select 1 as found
    from set_aside as a
    where
        a.branch_id = t.branch_id
        and a.source_known_on = t.source_known_on
);

create view valid.managers as
with set_aside as (
    select
        left(q.row_key, length(q.row_key) - 11) as manager_id,
        cast(right(q.row_key, 10) as date) as source_known_on
    from ops.quarantine as q
    where q.table_name = 'managers'
)

select
    t.manager_id,
    t.branch_id,
    t.name,
    t.grade,
    t.exam_passed_on,
    t.joined_on,
    t.left_on,
    t.known_on,
    t.source_known_on
from landing.managers as t
where not exists (
    select 1 as found
    from set_aside as a
    where
        a.manager_id = t.manager_id
        and a.source_known_on = t.source_known_on
);

create view valid.industries as
with set_aside as (
    select
        left(q.row_key, length(q.row_key) - 11) as industry_code,
        cast(right(q.row_key, 10) as date) as source_known_on
    from ops.quarantine as q
    where q.table_name = 'industries'
)

select
    t.industry_code,
    t.name,
    t.name_en,
    t.known_on,
    t.source_known_on
from landing.industries as t
where not exists (
    select 1 as found
    from set_aside as a
    where
        a.industry_code = t.industry_code
        and a.source_known_on = t.source_known_on
);

create view valid.calendar as
with set_aside as (
    select
        cast(left(q.row_key, 10) as date) as day,
        cast(right(q.row_key, 10) as date) as source_known_on
    from ops.quarantine as q
    where q.table_name = 'calendar'
)

select
    t.day,
    t.is_business_day,
    t.holiday,
    t.known_on,
    t.source_known_on
from landing.calendar as t
where not exists (
    select 1 as found
    from set_aside as a
    where
        a.day = t.day
        and a.source_known_on = t.source_known_on
);

create view valid.blacklist as
with set_aside as (
    select
        left(q.row_key, length(q.row_key) - 11) as entry_id,
        cast(right(q.row_key, 10) as date) as source_known_on
    from ops.quarantine as q
    where q.table_name = 'blacklist'
)

select
    t.entry_id,
    t.customer_id,
    t.listed_on,
    t.lifted_on,
    t.list_source,
    t.reason,
    t.known_on,
    t.source_known_on
from landing.blacklist as t
where not exists (
    select 1 as found
    from set_aside as a
    where
        a.entry_id = t.entry_id
        and a.source_known_on = t.source_known_on
);

create view valid.guarantees as
with set_aside as (
    select
        left(q.row_key, length(q.row_key) - 11) as guarantee_id,
        cast(right(q.row_key, 10) as date) as source_known_on
    from ops.quarantine as q
    where q.table_name = 'guarantees'
)

select
    t.guarantee_id,
    t.guarantor_id,
    t.customer_id,
    t.amount,
    t.granted_on,
    t.ends_on,
    t.known_on,
    t.source_known_on
from landing.guarantees as t
where not exists (
    select 1 as found
    from set_aside as a
    where
        a.guarantee_id = t.guarantee_id
        and a.source_known_on = t.source_known_on
);

create view valid.outside_exposures as
with set_aside as (
    select
        left(q.row_key, length(q.row_key) - 22) as customer_id,
        cast(left(right(q.row_key, 21), 10) as date) as month,
        cast(right(q.row_key, 10) as date) as source_known_on
    from ops.quarantine as q
    where q.table_name = 'outside_exposures'
)

select
    t.customer_id,
    t.month,
    t.bank_count,
    t.exposure_amount,
    t.known_on,
    t.source_known_on
from landing.outside_exposures as t
where not exists (
    select 1 as found
    from set_aside as a
    where
        a.customer_id = t.customer_id
        and a.month = t.month
        and a.source_known_on = t.source_known_on
);

create view valid.ledger_write_offs as
with set_aside as (
    select
        left(q.row_key, length(q.row_key) - 22) as branch_id,
        cast(left(right(q.row_key, 21), 10) as date) as month,
        cast(right(q.row_key, 10) as date) as source_known_on
    from ops.quarantine as q
    where q.table_name = 'ledger_write_offs'
)

select
    t.branch_id,
    t.month,
    t.written_off_amount,
    t.known_on,
    t.source_known_on
from landing.ledger_write_offs as t
where not exists (
    select 1 as found
    from set_aside as a
    where
        a.branch_id = t.branch_id
        and a.month = t.month
        and a.source_known_on = t.source_known_on
);

create view valid.consents as
with set_aside as (
    select
        left(q.row_key, length(q.row_key) - 11) as customer_id,
        cast(right(q.row_key, 10) as date) as source_known_on
    from ops.quarantine as q
    where q.table_name = 'consents'
)

select
    t.customer_id,
    t.has_marketing_consent,
    t.erasure_requested_on,
    t.stated_on,
    t.known_on,
    t.source_known_on
from landing.consents as t
where not exists (
    select 1 as found
    from set_aside as a
    where
        a.customer_id = t.customer_id
        and a.source_known_on = t.source_known_on
);

create view valid.manager_skills as
with set_aside as (
    select
        left(q.row_key, length(q.row_key) - 11) as row_key,
        cast(right(q.row_key, 10) as date) as source_known_on
    from ops.quarantine as q
    where q.table_name = 'manager_skills'
)

select
    t.manager_id,
    t.skill,
    t.is_held,
    t.attained_on,
    t.known_on,
    t.source_known_on
from landing.manager_skills as t
where not exists (
    select 1 as found
    from set_aside as a
    where
        a.row_key = t.manager_id || '|' || replace(replace(t.skill, '~', '~0'), '|', '~1')
        and a.source_known_on = t.source_known_on
);

-- facts: additive by (key, month, known_month), so that any as_of sums what was known before it. No primary keys: the group by of
-- their queries makes the rows unique, and an index made summing months again seventeen times slower on DuckDB.
create table facts.customer_month (
    customer_id varchar(64) not null,
    month date not null,
    known_month date not null,
    inflow_amount numeric(18, 2) not null,
    outflow_amount numeric(18, 2) not null,
    inflow_return_amount numeric(18, 2) not null,
    outflow_return_amount numeric(18, 2) not null,
    inflow_void_amount numeric(18, 2) not null,
    outflow_void_amount numeric(18, 2) not null,
    inflow_count integer not null,
    outflow_count integer not null,
    inflow_return_count integer not null,
    outflow_return_count integer not null,
    inflow_void_count integer not null,
    outflow_void_count integer not null
);

create table facts.partner_month (
    customer_id varchar(64) not null,
    side varchar(8) not null,
    counterparty_id varchar(64) not null,
    month date not null,
    known_month date not null,
    amount numeric(18, 2) not null,
    transaction_count integer not null
);

create table features.key_accounts (
    customer_id varchar(64) not null,
    as_of date not null,
    rule_version varchar(32) not null,
    is_key_account boolean not null,
    basis varchar(32) not null,
    value_12m numeric(18, 2) not null,
    value_share double precision,
    place integer,
    account_class varchar(16),
    reason varchar(32)
);

-- What each customer has with the bank, by the newest rows known before as_of; money is exact. Null: nothing of that kind was received.
create table features.customer_positions (
    customer_id varchar(64) not null,
    as_of date not null,
    balances_month date,
    loans_month date,
    costs_month date,
    deposit_balance numeric(18, 2),
    deposit_balance_sum_3m numeric(18, 2),
    deposit_balance_sum_12m numeric(18, 2),
    holding_value numeric(18, 2),
    loan_balance numeric(18, 2),
    loan_balance_before_6m numeric(18, 2),
    overdue_amount numeric(18, 2),
    days_past_due integer,
    days_past_due_peak_12m integer,
    loan_class5 integer,
    written_off_amount_12m numeric(18, 2),
    limit_amount numeric(18, 2),
    collateral_value numeric(18, 2),
    next_maturity_on date,
    product_count integer,
    contribution_3m numeric(18, 2),
    contribution_12m numeric(18, 2),
    report_period_end date,
    report_revenue numeric(18, 2),
    report_revenue_before numeric(18, 2),
    report_net_income numeric(18, 2),
    report_assets numeric(18, 2),
    report_liabilities numeric(18, 2)
);

-- Customers excluded from marketing as of a day, and why; customers who are not excluded have no row.
create table features.marketing_exclusions (
    customer_id varchar(64) not null,
    as_of date not null,
    cause varchar(32) not null
);

-- The version of the rule that computed the exclusions of an as_of, also where it excluded no one.
create table features.marketing_exclusion_versions (
    as_of date not null,
    rule_version varchar(64) not null
);

-- Features by family. The feature columns are added by the step that writes them, from sql/features/dictionary.csv.
create table features.customer_profile (
    customer_id varchar(64) not null,
    as_of date not null
);

create table features.customer_flows (
    customer_id varchar(64) not null,
    as_of date not null
);

create table features.customer_partners (
    customer_id varchar(64) not null,
    as_of date not null
);

create table features.customer_events (
    customer_id varchar(64) not null,
    as_of date not null
);

create table features.customer_books (
    customer_id varchar(64) not null,
    as_of date not null
);

-- which families of an as_of are described, and of which customers: those whose md5 is below md5_below ('g': all)
create table features.descriptions (
    as_of date not null,
    family varchar(32) not null,
    md5_below varchar(32) not null
);

create view features.customer_features as
select *
from features.customer_profile
left join features.customer_flows using (customer_id, as_of)
left join features.customer_partners using (customer_id, as_of)
left join features.customer_events using (customer_id, as_of)
left join features.customer_books using (customer_id, as_of)
where
    as_of in (
        select d.as_of
        from features.descriptions as d
        group by d.as_of
        having count(*) = 5
    );

create table learn.examples (
    model_name varchar(64) not null,
    as_of date not null,
    customer_id varchar(64) not null,
    label_version varchar(32) not null,
    is_scored_population boolean not null,
    label boolean not null,
    matured_on date not null
);

create table learn.evaluations (
    model_name varchar(64) not null,
    model_version varchar(32) not null,
    split varchar(32) not null,
    rival varchar(32) not null,
    metric varchar(64) not null,
    value double precision,
    lower double precision,
    upper double precision,
    row_count integer not null,
    event_count integer not null,
    primary key (model_name, model_version, split, rival, metric)
);

-- How early the classes warn: one row a policy, measured as of a day by `kcrm lead-time`; see models/classes/lead_time.py for each measure.
create table learn.lead_times (
    as_of date not null,
    policy varchar(32) not null,
    first_evaluated date not null,
    last_evaluated date not null,
    event_count integer not null,
    alert_count integer not null,
    median_months double precision,
    caught_1m double precision,
    caught_3m double precision,
    caught_6m double precision,
    caught_3m_lower double precision,
    caught_3m_upper double precision,
    caught_3m_by_exposure double precision,
    alerts_per_event double precision,
    false_alarms_per_100_year double precision,
    watch_months_per_key_year double precision,
    lead_of_ours double precision,
    lead_of_ours_lower double precision,
    lead_of_ours_upper double precision,
    watch_score double precision,
    miss_cost double precision not null,
    alarm_cost double precision not null,
    rule_version varchar(64) not null,
    primary key (as_of, policy)
);

-- of which customers the examples of an as_of were built: those whose md5 is below md5_below ('g': all)
create table learn.example_draws (
    model_name varchar(64) not null,
    label_version varchar(32) not null,
    as_of date not null,
    md5_below varchar(32) not null
);

-- crm: one table x_v1 a result, keyed by run_id; the view x below shows the rows of the current run
create table crm.scores_v1 (
    run_id varchar(64) not null,
    customer_id varchar(64) not null,
    as_of date not null,
    model_name varchar(64) not null,
    status varchar(16) not null,
    cause varchar(64),
    score double precision,
    raw_score double precision,
    base_value double precision,
    rank integer,
    percentile double precision,
    band varchar(1),
    band_version varchar(32),
    trend double precision,
    model_version varchar(32),
    model_as_of date
);

create table crm.reasons_v1 (
    run_id varchar(64) not null,
    customer_id varchar(64) not null,
    as_of date not null,
    model_name varchar(64) not null,
    place integer not null,
    feature varchar(64) not null,
    value double precision,
    shapley double precision not null,
    text_en varchar(300) not null,
    text_zh varchar(300) not null
);

create table crm.group_members_v1 (
    run_id varchar(64) not null,
    customer_id varchar(64) not null,
    as_of date not null,
    parent_customer_id varchar(64),
    root_customer_id varchar(64),
    depth integer,
    cause varchar(32),
    rule_version varchar(64) not null
);

create table crm.product_positions_v1 (
    run_id varchar(64) not null,
    customer_id varchar(64) not null,
    product_id varchar(64) not null,
    as_of date not null,
    contract_count integer not null,
    amount numeric(18, 2),
    rule_version varchar(64) not null
);

create table crm.key_accounts_v1 (
    run_id varchar(64) not null,
    customer_id varchar(64) not null,
    as_of date not null,
    account_class varchar(16) not null,
    reason varchar(32),
    basis varchar(32) not null,
    value_12m numeric(18, 2) not null,
    value_share double precision,
    place integer,
    rule_version varchar(64) not null
);

create table crm.contributions_v1 (
    run_id varchar(64) not null,
    level varchar(16) not null,
    key varchar(64) not null,
    as_of date not null,
    month date not null,
    span_months integer not null,
    interest_income numeric(18, 2) not null,
    fee_income numeric(18, 2) not null,
    interest_expense numeric(18, 2) not null,
    operating_cost numeric(18, 2) not null,
    risk_cost numeric(18, 2) not null,
    contribution numeric(18, 2) not null,
    rule_version varchar(64) not null,
    months_received integer
);

create table crm.tiers_v1 (
    run_id varchar(64) not null,
    customer_id varchar(64) not null,
    as_of date not null,
    assets numeric(18, 2),
    basis varchar(32),
    tier varchar(32),
    cause varchar(32),
    rule_version varchar(64) not null
);

create table crm.pareto_v1 (
    run_id varchar(64) not null,
    as_of date not null,
    percent integer not null,
    basis varchar(32) not null,
    customer_count integer not null,
    value_12m numeric(18, 2) not null,
    running_share double precision,
    rule_version varchar(64) not null
);

create table crm.ownership_v1 (
    run_id varchar(64) not null,
    customer_id varchar(64) not null,
    as_of date not null,
    registered_branch_id varchar(64),
    proposed_branch_id varchar(64),
    transaction_count integer,
    proposed_count integer,
    proposed_share double precision,
    is_mismatch boolean,
    cause varchar(32),
    rule_version varchar(64) not null
);

create table crm.contact_conflicts_v1 (
    run_id varchar(64) not null,
    customer_id varchar(64) not null,
    contacted_on date not null,
    as_of date not null,
    contact_count integer not null,
    branch_count integer not null,
    first_branch_id varchar(64) not null,
    second_branch_id varchar(64) not null,
    rule_version varchar(64) not null
);

create table crm.profile_completeness_v1 (
    run_id varchar(64) not null,
    level varchar(16) not null,
    key varchar(64) not null,
    field_group varchar(64) not null,
    as_of date not null,
    customer_count integer not null,
    stale_count integer not null,
    fields_expected integer not null,
    fields_filled integer not null,
    filled_share double precision not null,
    last_updated_on date,
    age_days integer,
    is_stale boolean,
    rule_version varchar(64) not null
);

create table crm.dependence_v1 (
    run_id varchar(64) not null,
    customer_id varchar(64) not null,
    as_of date not null,
    contact_count integer,
    manager_id varchar(64),
    manager_share double precision,
    deposits_at_stake numeric(18, 2),
    is_dependent boolean,
    known_share double precision,
    has_profile boolean,
    cause varchar(32),
    rule_version varchar(64) not null
);

create table crm.reconciliation_v1 (
    run_id varchar(64) not null,
    customer_id varchar(64) not null,
    measure varchar(32) not null,
    as_of date not null,
    stated_on date not null,
    core_value numeric(18, 2),
    crm_value numeric(18, 2),
    difference numeric(18, 2),
    status varchar(16) not null,
    rule_version varchar(64) not null
);

create table crm.feed_freshness_v1 (
    run_id varchar(64) not null,
    table_name varchar(64) not null,
    as_of date not null,
    last_known_on date not null,
    last_event_on date,
    age_days integer not null,
    declared_lag_days integer,
    is_stale boolean,
    rule_version varchar(64) not null
);

create table crm.manager_grades_v1 (
    run_id varchar(64) not null,
    manager_id varchar(64) not null,
    as_of date not null,
    branch_id varchar(64),
    grade varchar(32),
    effective_on date,
    changes_12m integer,
    is_changed_again boolean,
    customer_count integer not null,
    above_grade_count integer,
    caseload_cap integer,
    is_over_cap boolean,
    has_left_with_customers boolean not null,
    cause varchar(32),
    rule_version varchar(64) not null
);

create table crm.embedding_v1 (
    run_id varchar(64) not null,
    customer_id varchar(64) not null,
    as_of date not null,
    product_count integer,
    kinds varchar(64),
    kind_count integer,
    embedding_index double precision,
    gaps varchar(64),
    gap_count integer,
    has_ebank boolean,
    cause varchar(32),
    rule_version varchar(64) not null
);

create table crm.lifecycle_v1 (
    run_id varchar(64) not null,
    customer_id varchar(64) not null,
    as_of date not null,
    stage varchar(16) not null,
    reason varchar(32) not null,
    since date not null,
    previous_stage varchar(16),
    joined_on date,
    last_flow_month date,
    turnover_6m numeric(18, 2) not null,
    turnover_before_6m numeric(18, 2) not null,
    rule_version varchar(64) not null
);

create table crm.stage_migrations_v1 (
    run_id varchar(64) not null,
    as_of date not null,
    previous_stage varchar(16) not null,
    stage varchar(16) not null,
    customer_count integer not null,
    rule_version varchar(64) not null
);

create table crm.tier_attrition_v1 (
    run_id varchar(64) not null,
    as_of date not null,
    tier varchar(32) not null,
    customer_count integer not null,
    lost_count integer not null,
    lower_count integer not null,
    unknown_count integer not null,
    left_count integer not null,
    left_share double precision,
    previous_run_id varchar(64) not null,
    rule_version varchar(64) not null
);

create table crm.segment_measures_v1 (
    run_id varchar(64) not null,
    customer_id varchar(64) not null,
    as_of date not null,
    cause varchar(32),
    turnover_12m double precision,
    assets double precision,
    loans_ratio double precision,
    product_count double precision,
    months_with_bank double precision,
    contribution_mean double precision,
    rule_version varchar(64) not null
);

-- value: the centre in the measure's own unit; distance: how many spreads it lies from the middle of all, which names the segment
create table crm.segment_centres_v1 (
    run_id varchar(64) not null,
    segment integer not null,
    measure varchar(32) not null,
    as_of date not null,
    name_en varchar(200) not null,
    name_zh varchar(200) not null,
    value double precision not null,
    distance double precision not null,
    lowest double precision not null,
    highest double precision not null,
    middle double precision not null,
    spread double precision not null,
    silhouette double precision not null,
    rule_version varchar(64) not null
);

create table crm.segments_v1 (
    run_id varchar(64) not null,
    customer_id varchar(64) not null,
    as_of date not null,
    segment integer,
    name_en varchar(200),
    name_zh varchar(200),
    cause varchar(32),
    rule_version varchar(64) not null
);

create table crm.credit_facts_v1 (
    run_id varchar(64) not null,
    month date not null,
    customer_id varchar(64) not null,
    branch_id varchar(64) not null,
    product_id varchar(64) not null,
    industry_code varchar(32) not null,
    project_id varchar(64) not null,
    as_of date not null,
    outstanding_amount numeric(18, 2) not null,
    overdue_amount numeric(18, 2),
    written_off_amount numeric(18, 2),
    days_past_due integer,
    class5 integer,
    rule_version varchar(64) not null
);

-- everything that the rules and both models know about a customer; see sql/rules/overview/customer_cards.sql
create table crm.customer_cards_v1 (
    run_id varchar(64) not null,
    customer_id varchar(64) not null,
    as_of date not null,
    kind varchar(32) not null,
    relation varchar(32) not null,
    industry_code varchar(64),
    branch_id varchar(64),
    manager_id varchar(64),
    account_class varchar(32),
    key_reason varchar(32),
    value_basis varchar(32),
    value_12m numeric(18, 2),
    contribution_12m numeric(18, 2),
    deposit_balance numeric(18, 2),
    loan_balance numeric(18, 2),
    tier varchar(32),
    assets numeric(18, 2),
    is_loss_making_depositor boolean,
    group_root_customer_id varchar(64),
    group_cause varchar(32),
    stage varchar(32),
    stage_since date,
    segment_en varchar(200),
    segment_zh varchar(200),
    product_count integer,
    embedding_index double precision,
    product_gaps varchar(200),
    proposed_branch_id varchar(64),
    is_branch_mismatch boolean,
    is_dependent_on_manager boolean,
    deposits_at_stake numeric(18, 2),
    profile_known_share double precision,
    growth_status varchar(32) not null,
    growth_cause varchar(64),
    growth_score double precision,
    growth_band varchar(32),
    distress_status varchar(32) not null,
    distress_cause varchar(64),
    distress_score double precision,
    distress_band varchar(32),
    is_growing boolean,
    is_in_danger boolean,
    is_conflict boolean,
    unknown varchar(200),
    rule_version varchar(64) not null,
    relationship_class varchar(16),
    machine_class varchar(16),
    is_exit_proposed boolean,
    open_alert_count integer,
    is_marketing_allowed boolean
);

create table crm.group_coverage_v1 (
    run_id varchar(64) not null,
    customer_id varchar(64) not null,
    as_of date not null,
    relation varchar(32) not null,
    root_customer_id varchar(64) not null,
    depth integer not null,
    members_known integer not null,
    members_with_account integer,
    members_with_ebank integer,
    group_coverage double precision,
    rule_version varchar(64) not null
);

create table crm.manager_dependence_v1 (
    run_id varchar(64) not null,
    manager_id varchar(64) not null,
    as_of date not null,
    customer_count integer not null,
    dependent_count integer not null,
    dependent_key_count integer not null,
    deposits_at_stake numeric(18, 2),
    rule_version varchar(64) not null
);

create table crm.deposit_rates_v1 (
    run_id varchar(64) not null,
    customer_id varchar(64) not null,
    as_of date not null,
    account_count integer not null,
    above_count integer not null,
    unknown_count integer not null,
    is_above boolean,
    worst_account_id varchar(64),
    worst_above_ratio double precision,
    deposits_above_amount numeric(18, 2),
    cost_above_amount numeric(18, 2),
    rule_version varchar(64) not null
);

create table crm.care_lists_v1 (
    run_id varchar(64) not null,
    customer_id varchar(64) not null,
    as_of date not null,
    list varchar(16) not null,
    reason varchar(32) not null,
    place integer not null,
    value_12m numeric(18, 2),
    branch_id varchar(64),
    manager_id varchar(64),
    rule_version varchar(64) not null
);

create table crm.connected_groups_v1 (
    run_id varchar(64) not null,
    customer_id varchar(64) not null,
    as_of date not null,
    connected_group_id varchar(64) not null,
    member_count integer not null,
    has_guarantee boolean,
    rule_version varchar(64) not null
);

create table crm.limits_v1 (
    run_id varchar(64) not null,
    level varchar(16) not null,
    key varchar(64) not null,
    as_of date not null,
    loan_balance numeric(18, 2),
    exposure_amount numeric(18, 2),
    collateral_value numeric(18, 2),
    loan_limit numeric(18, 2),
    exposure_limit numeric(18, 2),
    headroom numeric(18, 2),
    use_ratio double precision,
    is_over boolean,
    syndication_suggested boolean,
    syndication_amount numeric(18, 2),
    outside_exposure_amount numeric(18, 2),
    outside_bank_count integer,
    cause varchar(32),
    rule_version varchar(64) not null
);

create table crm.blacklist_v1 (
    run_id varchar(64) not null,
    entry_id varchar(64) not null,
    customer_id varchar(64) not null,
    as_of date not null,
    state varchar(16) not null,
    listed_on date not null,
    lifted_on date,
    list_source varchar(64) not null,
    reason varchar(64),
    cause varchar(32),
    rule_version varchar(64) not null
);

create table crm.write_offs_v1 (
    run_id varchar(64) not null,
    level varchar(16) not null,
    key varchar(64) not null,
    month date not null,
    as_of date not null,
    written_off_amount numeric(18, 2),
    ledger_amount numeric(18, 2),
    difference_amount numeric(18, 2),
    state varchar(16) not null,
    rule_version varchar(64) not null
);

create table crm.risk_adjusted_contributions_v1 (
    run_id varchar(64) not null,
    customer_id varchar(64) not null,
    as_of date not null,
    contribution_12m numeric(18, 2),
    exposure_amount numeric(18, 2),
    collateral_value numeric(18, 2),
    default_probability_12m double precision,
    loss_given_default_ratio double precision,
    expected_loss numeric(18, 2),
    written_off_amount_12m numeric(18, 2),
    provision_12m numeric(18, 2),
    risk_adjusted_contribution numeric(18, 2),
    cause varchar(32),
    rule_version varchar(64) not null
);

-- the transition table that the run used, as models/classes/relationship_class.py has it
create table crm.class_transitions_v1 (
    run_id varchar(64) not null,
    from_class varchar(16) not null,
    evidence varchar(32) not null,
    to_class varchar(16) not null,
    as_of date not null,
    place integer not null,
    is_floor boolean not null,
    why_en varchar(200) not null,
    why_zh varchar(200) not null,
    rule_version varchar(64) not null
);

create table crm.class_measures_v1 (
    run_id varchar(64) not null,
    customer_id varchar(64) not null,
    as_of date not null,
    branch_id varchar(64),
    manager_id varchar(64),
    score_status varchar(32),
    score_cause varchar(64),
    distress_score double precision,
    score_rise double precision,
    days_past_due double precision,
    class5 integer,
    default_count_12m integer,
    loan_balance numeric(18, 2),
    written_off_amount_12m numeric(18, 2),
    turnover_ratio_3m_12m double precision,
    is_over_limit boolean,
    limit_use_ratio double precision,
    is_blacklisted boolean,
    industry_trend double precision,
    is_industry_declining boolean,
    stage varchar(16),
    is_key_account boolean not null,
    bad_connected_count integer not null,
    unknown varchar(200),
    rule_version varchar(64) not null
);

create table crm.class_evidence_v1 (
    run_id varchar(64) not null,
    customer_id varchar(64) not null,
    evidence varchar(32) not null,
    as_of date not null,
    value double precision,
    edge double precision,
    rule_version varchar(64) not null
);

create table crm.relationship_classes_v1 (
    run_id varchar(64) not null,
    customer_id varchar(64) not null,
    as_of date not null,
    relationship_class varchar(16) not null,
    machine_class varchar(16) not null,
    floor_class varchar(16) not null,
    previous_class varchar(16),
    evidence varchar(32) not null,
    why_en varchar(200) not null,
    why_zh varchar(200) not null,
    since date not null,
    periods_in_class integer not null,
    clean_periods integer not null,
    unimproved_periods integer not null,
    entry_score double precision,
    is_exit_proposed boolean not null,
    exit_proposed_since date,
    override_class varchar(16),
    override_by varchar(200),
    override_until date,
    unknown varchar(200),
    rule_version varchar(64) not null
);

-- the steps that the plans of the run were made of, as models/classes/exit_plans.py has them
create table crm.plan_templates_v1 (
    run_id varchar(64) not null,
    plan varchar(16) not null,
    place integer not null,
    as_of date not null,
    days integer not null,
    owner_role varchar(16) not null,
    is_help boolean not null,
    text_en varchar(400) not null,
    text_zh varchar(400) not null,
    rule_version varchar(64) not null
);

create table crm.alerts_v1 (
    run_id varchar(64) not null,
    alert_id varchar(128) not null,
    as_of date not null,
    customer_id varchar(64) not null,
    kind varchar(16) not null,
    relationship_class varchar(16) not null,
    evidence varchar(32) not null,
    why_en varchar(200) not null,
    why_zh varchar(200) not null,
    raised_on date not null,
    due_on date not null,
    age_days integer not null,
    level integer not null,
    state varchar(16) not null,
    owner_role varchar(16) not null,
    owner_id varchar(64),
    next_action_en varchar(400),
    next_action_zh varchar(400),
    answered_on date,
    answered_by varchar(200),
    answer varchar(1000),
    rule_version varchar(64) not null
);

create table crm.exit_plans_v1 (
    run_id varchar(64) not null,
    customer_id varchar(64) not null,
    plan varchar(16) not null,
    place integer not null,
    as_of date not null,
    text_en varchar(400) not null,
    text_zh varchar(400) not null,
    is_help boolean not null,
    owner_role varchar(16) not null,
    owner_id varchar(64),
    due_on date not null,
    rule_version varchar(64) not null
);

create table crm.plan_gaps_v1 (
    run_id varchar(64) not null,
    customer_id varchar(64) not null,
    gap varchar(32) not null,
    as_of date not null,
    rule_version varchar(64) not null
);

create table crm.marketing_consents_v1 (
    run_id varchar(64) not null,
    customer_id varchar(64) not null,
    as_of date not null,
    has_consent boolean,
    basis varchar(16) not null,
    is_marketing_allowed boolean,
    cause varchar(32),
    stated_on date,
    erasure_requested_on date,
    rule_version varchar(64) not null
);

create table crm.manager_skills_v1 (
    run_id varchar(64) not null,
    manager_id varchar(64) not null,
    as_of date not null,
    branch_id varchar(64),
    grade varchar(32),
    skills varchar(64),
    skill_count integer,
    is_corporate boolean,
    is_retail boolean,
    is_credit boolean,
    is_wealth boolean,
    is_settlement boolean,
    is_all_round boolean,
    cause varchar(32),
    rule_version varchar(64) not null
);

create table crm.team_skills_v1 (
    run_id varchar(64) not null,
    branch_id varchar(64) not null,
    skill varchar(32) not null,
    as_of date not null,
    manager_count integer,
    holder_count integer,
    unknown_count integer,
    customer_count integer,
    key_account_count integer,
    is_gap boolean,
    customers_per_holder double precision,
    cause varchar(32),
    rule_version varchar(64) not null
);

create table crm.manager_outcomes_v1 (
    run_id varchar(64) not null,
    manager_id varchar(64) not null,
    as_of date not null,
    branch_id varchar(64),
    grade varchar(32),
    customer_count integer not null,
    new_count integer not null,
    lost_count integer not null,
    watch_count integer not null,
    key_account_count integer not null,
    key_gained_count integer,
    key_lost_count integer,
    contribution_12m numeric(18, 2),
    months_received integer,
    contribution_before_12m numeric(18, 2),
    months_received_before integer,
    open_alert_count integer not null,
    late_alert_count integer not null,
    answered_alert_count integer not null,
    filled_share double precision,
    rule_version varchar(64) not null
);

create view crm.scores as
select
    s.customer_id,
    s.as_of,
    s.model_name,
    cast(case when s.is_outdated then 'withheld' else s.status end as varchar(16)) as status,
    cast(case when s.is_outdated then 'expired' else s.cause end as varchar(64)) as cause,
    case when not s.is_outdated then s.score end as score,
    case when not s.is_outdated then s.raw_score end as raw_score,
    case when not s.is_outdated then s.rank end as rank,
    case when not s.is_outdated then s.percentile end as percentile,
    cast(case when not s.is_outdated then s.band end as varchar(1)) as band,
    case when not s.is_outdated then s.trend end as trend,
    s.model_version,
    s.run_id,
    case when not s.is_outdated then s.base_value end as base_value,
    cast(case when not s.is_outdated then s.band_version end as varchar(32)) as band_version,
    s.model_as_of,
    s.valid_until
from (
    select
        t.*,
        c.valid_until,
        c.is_expired and t.status = 'scored' as is_outdated
    from crm.scores_v1 as t
    inner join ops.current_run as c on t.run_id = c.run_id
) as s;

create view crm.reasons as
select
    r.customer_id,
    r.as_of,
    r.model_name,
    r.place,
    r.feature,
    r.value,
    r.shapley,
    r.text_en,
    r.text_zh,
    r.run_id
from crm.reasons_v1 as r
inner join ops.current_run as c on r.run_id = c.run_id and not c.is_expired;

create view crm.rules as
select
    r.rule,
    r.rule_version,
    r.row_count,
    r.run_id
from ops.run_rules as r
inner join ops.current_run as c on r.run_id = c.run_id;

create view crm.group_members as
select
    m.customer_id,
    m.as_of,
    m.parent_customer_id,
    m.root_customer_id,
    m.depth,
    m.cause,
    m.rule_version,
    m.run_id
from crm.group_members_v1 as m
inner join ops.current_run as c on m.run_id = c.run_id;

create view crm.product_positions as
select
    p.customer_id,
    p.product_id,
    p.as_of,
    p.contract_count,
    p.amount,
    p.rule_version,
    p.run_id
from crm.product_positions_v1 as p
inner join ops.current_run as c on p.run_id = c.run_id;

create view crm.key_accounts as
select
    k.customer_id,
    k.as_of,
    k.account_class,
    k.reason,
    k.basis,
    k.value_12m,
    k.value_share,
    k.place,
    k.rule_version,
    k.run_id
from crm.key_accounts_v1 as k
inner join ops.current_run as c on k.run_id = c.run_id;

create view crm.tiers as
select
    t.customer_id,
    t.as_of,
    t.assets,
    t.basis,
    t.tier,
    t.cause,
    t.rule_version,
    t.run_id
from crm.tiers_v1 as t
inner join ops.current_run as c on t.run_id = c.run_id;

create view crm.pareto as
select
    p.as_of,
    p.percent,
    p.basis,
    p.customer_count,
    p.value_12m,
    p.running_share,
    p.rule_version,
    p.run_id
from crm.pareto_v1 as p
inner join ops.current_run as c on p.run_id = c.run_id;

create view crm.ownership as
select
    w.customer_id,
    w.as_of,
    w.registered_branch_id,
    w.proposed_branch_id,
    w.transaction_count,
    w.proposed_count,
    w.proposed_share,
    w.is_mismatch,
    w.cause,
    w.rule_version,
    w.run_id
from crm.ownership_v1 as w
inner join ops.current_run as c on w.run_id = c.run_id;

create view crm.contact_conflicts as
select
    k.customer_id,
    k.contacted_on,
    k.as_of,
    k.contact_count,
    k.branch_count,
    k.first_branch_id,
    k.second_branch_id,
    k.rule_version,
    k.run_id
from crm.contact_conflicts_v1 as k
inner join ops.current_run as c on k.run_id = c.run_id;

create view crm.profile_completeness as
select
    p.level,
    p.key,
    p.field_group,
    p.as_of,
    p.customer_count,
    p.stale_count,
    p.fields_expected,
    p.fields_filled,
    p.filled_share,
    p.last_updated_on,
    p.age_days,
    p.is_stale,
    p.rule_version,
    p.run_id
from crm.profile_completeness_v1 as p
inner join ops.current_run as c on p.run_id = c.run_id;

create view crm.dependence as
select
    d.customer_id,
    d.as_of,
    d.contact_count,
    d.manager_id,
    d.manager_share,
    d.deposits_at_stake,
    d.is_dependent,
    d.known_share,
    d.has_profile,
    d.cause,
    d.rule_version,
    d.run_id
from crm.dependence_v1 as d
inner join ops.current_run as c on d.run_id = c.run_id;

create view crm.reconciliation as
select
    r.customer_id,
    r.measure,
    r.as_of,
    r.stated_on,
    r.core_value,
    r.crm_value,
    r.difference,
    r.status,
    r.rule_version,
    r.run_id
from crm.reconciliation_v1 as r
inner join ops.current_run as c on r.run_id = c.run_id;

create view crm.feed_freshness as
select
    f.table_name,
    f.as_of,
    f.last_known_on,
    f.last_event_on,
    f.age_days,
    f.declared_lag_days,
    f.is_stale,
    f.rule_version,
    f.run_id
from crm.feed_freshness_v1 as f
inner join ops.current_run as c on f.run_id = c.run_id;

create view crm.manager_grades as
select
    m.manager_id,
    m.as_of,
    m.branch_id,
    m.grade,
    m.effective_on,
    m.changes_12m,
    m.is_changed_again,
    m.customer_count,
    m.above_grade_count,
    m.caseload_cap,
    m.is_over_cap,
    m.has_left_with_customers,
    m.cause,
    m.rule_version,
    m.run_id
from crm.manager_grades_v1 as m
inner join ops.current_run as c on m.run_id = c.run_id;

create view crm.lifecycle as
select
    l.customer_id,
    l.as_of,
    l.stage,
    l.reason,
    l.since,
    l.previous_stage,
    l.joined_on,
    l.last_flow_month,
    l.turnover_6m,
    l.turnover_before_6m,
    l.rule_version,
    l.run_id
from crm.lifecycle_v1 as l
inner join ops.current_run as c on l.run_id = c.run_id;

create view crm.stage_migrations as
select
    m.as_of,
    m.previous_stage,
    m.stage,
    m.customer_count,
    m.rule_version,
    m.run_id
from crm.stage_migrations_v1 as m
inner join ops.current_run as c on m.run_id = c.run_id;

create view crm.tier_attrition as
select
    a.as_of,
    a.tier,
    a.customer_count,
    a.lost_count,
    a.lower_count,
    a.unknown_count,
    a.left_count,
    a.left_share,
    a.previous_run_id,
    a.rule_version,
    a.run_id
from crm.tier_attrition_v1 as a
inner join ops.current_run as c on a.run_id = c.run_id;

create view crm.segment_measures as
select
    m.customer_id,
    m.as_of,
    m.cause,
    m.turnover_12m,
    m.assets,
    m.loans_ratio,
    m.product_count,
    m.months_with_bank,
    m.contribution_mean,
    m.rule_version,
    m.run_id
from crm.segment_measures_v1 as m
inner join ops.current_run as c on m.run_id = c.run_id;

create view crm.segment_centres as
select
    s.segment,
    s.measure,
    s.as_of,
    s.name_en,
    s.name_zh,
    s.value,
    s.distance,
    s.lowest,
    s.highest,
    s.middle,
    s.spread,
    s.silhouette,
    s.rule_version,
    s.run_id
from crm.segment_centres_v1 as s
inner join ops.current_run as c on s.run_id = c.run_id;

create view crm.segments as
select
    s.customer_id,
    s.as_of,
    s.segment,
    s.name_en,
    s.name_zh,
    s.cause,
    s.rule_version,
    s.run_id
from crm.segments_v1 as s
inner join ops.current_run as c on s.run_id = c.run_id;

create view crm.credit_facts as
select
    f.month,
    f.customer_id,
    f.branch_id,
    f.product_id,
    f.industry_code,
    f.project_id,
    f.as_of,
    f.outstanding_amount,
    f.overdue_amount,
    f.written_off_amount,
    f.days_past_due,
    f.class5,
    f.rule_version,
    f.run_id
from crm.credit_facts_v1 as f
inner join ops.current_run as c on f.run_id = c.run_id;

-- Dimensions: what was known before the as_of of the current run, the newest row of each key. A dimension has a row for every key that a
-- fact refers to: 'unknown' in organisations, products and industries; an unregistered customer or project has its id and nulls.
create view crm.dim_organisations as
select
    n.branch_id,
    n.parent_branch_id,
    n.kind,
    n.name,
    n.region
from (
    select
        b.branch_id,
        b.parent_branch_id,
        b.kind,
        b.name,
        b.region,
        row_number() over (partition by b.branch_id order by b.source_known_on desc) as newest
    from valid.branches as b
    inner join ops.current_run as r on b.known_on < r.as_of
) as n
where n.newest = 1
union all
select
    'unknown' as branch_id,
    cast(null as varchar(64)) as parent_branch_id,
    cast(null as varchar(32)) as kind,
    cast(null as varchar(200)) as name,
    cast(null as varchar(64)) as region;

create view crm.dim_products as
select
    n.product_id,
    n.kind,
    n.name,
    n.name_en
from (
    select
        p.product_id,
        p.kind,
        p.name,
        p.name_en,
        row_number() over (partition by p.product_id order by p.source_known_on desc) as newest
    from valid.products as p
    inner join ops.current_run as r on p.known_on < r.as_of
) as n
where n.newest = 1
union all
select
    'unknown' as product_id,
    cast(null as varchar(32)) as kind,
    cast(null as varchar(200)) as name,
    cast(null as varchar(200)) as name_en;

create view crm.dim_industries as
select
    n.industry_code,
    n.name,
    n.name_en
from (
    select
        i.industry_code,
        i.name,
        i.name_en,
        row_number() over (partition by i.industry_code order by i.source_known_on desc) as newest
    from valid.industries as i
    inner join ops.current_run as r on i.known_on < r.as_of
) as n
where n.newest = 1
union all
select
    'unknown' as industry_code,
    cast(null as varchar(200)) as name,
    cast(null as varchar(200)) as name_en;

create view crm.contributions as
select
    o.level,
    o.key,
    o.as_of,
    o.month,
    o.span_months,
    o.months_received,
    o.interest_income,
    o.fee_income,
    o.interest_expense,
    o.operating_cost,
    o.risk_cost,
    o.contribution,
    o.rule_version,
    o.run_id
from crm.contributions_v1 as o
inner join ops.current_run as c on o.run_id = c.run_id;

create view crm.embedding as
select
    e.customer_id,
    e.as_of,
    e.product_count,
    e.kinds,
    e.kind_count,
    e.embedding_index,
    e.gaps,
    e.gap_count,
    e.has_ebank,
    e.cause,
    e.rule_version,
    e.run_id
from crm.embedding_v1 as e
inner join ops.current_run as c on e.run_id = c.run_id;

create view crm.group_coverage as
select
    g.customer_id,
    g.as_of,
    g.relation,
    g.root_customer_id,
    g.depth,
    g.members_known,
    g.members_with_account,
    g.members_with_ebank,
    g.group_coverage,
    g.rule_version,
    g.run_id
from crm.group_coverage_v1 as g
inner join ops.current_run as c on g.run_id = c.run_id;

create view crm.manager_dependence as
select
    m.manager_id,
    m.as_of,
    m.customer_count,
    m.dependent_count,
    m.dependent_key_count,
    m.deposits_at_stake,
    m.rule_version,
    m.run_id
from crm.manager_dependence_v1 as m
inner join ops.current_run as c on m.run_id = c.run_id;

create view crm.dim_customers as
select
    n.customer_id,
    n.kind,
    n.relation,
    n.name,
    n.industry_code,
    n.region,
    n.city,
    n.branch_id,
    n.manager_id,
    n.group_id
from (
    select
        u.customer_id,
        u.kind,
        u.relation,
        u.name,
        u.industry_code,
        u.region,
        u.city,
        u.branch_id,
        u.manager_id,
        u.group_id,
        row_number() over (partition by u.customer_id order by u.is_registered desc, u.source_known_on desc) as newest
    from (
        select
            c.customer_id,
            c.kind,
            c.relation,
            c.name,
            c.industry_code,
            c.region,
            c.city,
            c.branch_id,
            c.manager_id,
            c.group_id,
            c.source_known_on,
            1 as is_registered
        from valid.customers as c
        inner join ops.current_run as r on c.known_on < r.as_of
        union all
        select
            f.customer_id,
            cast(null as varchar(32)) as kind,
            cast(null as varchar(32)) as relation,
            cast(null as varchar(200)) as name,
            cast(null as varchar(64)) as industry_code,
            cast(null as varchar(64)) as region,
            cast(null as varchar(64)) as city,
            cast(null as varchar(64)) as branch_id,
            cast(null as varchar(64)) as manager_id,
            cast(null as varchar(64)) as group_id,
            f.as_of as source_known_on,
            0 as is_registered
        from crm.credit_facts as f
    ) as u
) as n
where n.newest = 1;

create view crm.dim_projects as
select
    n.project_id,
    n.customer_id,
    n.product_id,
    n.granted_on,
    n.matures_on,
    n.principal_amount,
    n.limit_amount,
    n.rate_ratio,
    n.collateral_value
from (
    select
        u.project_id,
        u.customer_id,
        u.product_id,
        u.granted_on,
        u.matures_on,
        u.principal_amount,
        u.limit_amount,
        u.rate_ratio,
        u.collateral_value,
        row_number() over (partition by u.project_id order by u.is_registered desc, u.stated_on desc) as newest
    from (
        select
            l.loan_id as project_id,
            l.customer_id,
            l.product_id,
            l.granted_on,
            l.matures_on,
            l.principal_amount,
            l.limit_amount,
            l.rate_ratio,
            l.collateral_value,
            l.source_known_on as stated_on,
            1 as is_registered
        from valid.loans as l
        inner join ops.current_run as r on l.known_on < r.as_of
        union all
        select
            f.project_id,
            f.customer_id,
            cast(null as varchar(64)) as product_id,
            cast(null as date) as granted_on,
            cast(null as date) as matures_on,
            cast(null as numeric(18, 2)) as principal_amount,
            cast(null as numeric(18, 2)) as limit_amount,
            cast(null as double precision) as rate_ratio,
            cast(null as numeric(18, 2)) as collateral_value,
            f.month as stated_on,
            0 as is_registered
        from crm.credit_facts as f
    ) as u
) as n
where n.newest = 1;

create view crm.deposit_rates as
select
    d.customer_id,
    d.as_of,
    d.account_count,
    d.above_count,
    d.unknown_count,
    d.is_above,
    d.worst_account_id,
    d.worst_above_ratio,
    d.deposits_above_amount,
    d.cost_above_amount,
    d.rule_version,
    d.run_id
from crm.deposit_rates_v1 as d
inner join ops.current_run as c on d.run_id = c.run_id;

create view crm.care_lists as
select
    v.customer_id,
    v.as_of,
    v.list,
    v.reason,
    v.place,
    v.value_12m,
    v.branch_id,
    v.manager_id,
    v.rule_version,
    v.run_id
from crm.care_lists_v1 as v
inner join ops.current_run as c on v.run_id = c.run_id and not c.is_expired;

create view crm.connected_groups as
select
    g.customer_id,
    g.as_of,
    g.connected_group_id,
    g.member_count,
    g.has_guarantee,
    g.rule_version,
    g.run_id
from crm.connected_groups_v1 as g
inner join ops.current_run as c on g.run_id = c.run_id;

create view crm.limits as
select
    m.level,
    m.key,
    m.as_of,
    m.loan_balance,
    m.exposure_amount,
    m.collateral_value,
    m.loan_limit,
    m.exposure_limit,
    m.headroom,
    m.use_ratio,
    m.is_over,
    m.syndication_suggested,
    m.syndication_amount,
    m.outside_exposure_amount,
    m.outside_bank_count,
    m.cause,
    m.rule_version,
    m.run_id
from crm.limits_v1 as m
inner join ops.current_run as c on m.run_id = c.run_id;

create view crm.blacklist as
select
    b.entry_id,
    b.customer_id,
    b.as_of,
    b.state,
    b.listed_on,
    b.lifted_on,
    b.list_source,
    b.reason,
    b.cause,
    b.rule_version,
    b.run_id
from crm.blacklist_v1 as b
inner join ops.current_run as c on b.run_id = c.run_id;

create view crm.write_offs as
select
    w.level,
    w.key,
    w.month,
    w.as_of,
    w.written_off_amount,
    w.ledger_amount,
    w.difference_amount,
    w.state,
    w.rule_version,
    w.run_id
from crm.write_offs_v1 as w
inner join ops.current_run as c on w.run_id = c.run_id;

create view crm.risk_adjusted_contributions as
select
    r.customer_id,
    r.as_of,
    r.contribution_12m,
    r.exposure_amount,
    r.collateral_value,
    r.default_probability_12m,
    r.loss_given_default_ratio,
    r.expected_loss,
    r.written_off_amount_12m,
    r.provision_12m,
    r.risk_adjusted_contribution,
    r.cause,
    r.rule_version,
    r.run_id
from crm.risk_adjusted_contributions_v1 as r
inner join ops.current_run as c on r.run_id = c.run_id;

create view crm.class_transitions as
select
    k.from_class,
    k.evidence,
    k.to_class,
    k.as_of,
    k.place,
    k.is_floor,
    k.why_en,
    k.why_zh,
    k.rule_version,
    k.run_id
from crm.class_transitions_v1 as k
inner join ops.current_run as c on k.run_id = c.run_id;

create view crm.class_measures as
select
    k.customer_id,
    k.as_of,
    k.branch_id,
    k.manager_id,
    k.score_status,
    k.score_cause,
    k.distress_score,
    k.score_rise,
    k.days_past_due,
    k.class5,
    k.default_count_12m,
    k.loan_balance,
    k.written_off_amount_12m,
    k.turnover_ratio_3m_12m,
    k.is_over_limit,
    k.limit_use_ratio,
    k.is_blacklisted,
    k.industry_trend,
    k.is_industry_declining,
    k.stage,
    k.is_key_account,
    k.bad_connected_count,
    k.unknown,
    k.rule_version,
    k.run_id
from crm.class_measures_v1 as k
inner join ops.current_run as c on k.run_id = c.run_id;

create view crm.class_evidence as
select
    k.customer_id,
    k.evidence,
    k.as_of,
    k.value,
    k.edge,
    k.rule_version,
    k.run_id
from crm.class_evidence_v1 as k
inner join ops.current_run as c on k.run_id = c.run_id;

create view crm.relationship_classes as
select
    r.customer_id,
    r.as_of,
    r.relationship_class,
    r.machine_class,
    r.floor_class,
    r.previous_class,
    r.evidence,
    r.why_en,
    r.why_zh,
    r.since,
    r.periods_in_class,
    r.clean_periods,
    r.unimproved_periods,
    r.entry_score,
    r.is_exit_proposed,
    r.exit_proposed_since,
    r.override_class,
    r.override_by,
    r.override_until,
    r.unknown,
    r.rule_version,
    r.run_id
from crm.relationship_classes_v1 as r
inner join ops.current_run as c on r.run_id = c.run_id;

create view crm.plan_templates as
select
    p.plan,
    p.place,
    p.as_of,
    p.days,
    p.owner_role,
    p.is_help,
    p.text_en,
    p.text_zh,
    p.rule_version,
    p.run_id
from crm.plan_templates_v1 as p
inner join ops.current_run as c on p.run_id = c.run_id;

create view crm.alerts as
select
    a.alert_id,
    a.as_of,
    a.customer_id,
    a.kind,
    a.relationship_class,
    a.evidence,
    a.why_en,
    a.why_zh,
    a.raised_on,
    a.due_on,
    a.age_days,
    a.level,
    a.state,
    a.owner_role,
    a.owner_id,
    a.next_action_en,
    a.next_action_zh,
    a.answered_on,
    a.answered_by,
    a.answer,
    a.rule_version,
    a.run_id
from crm.alerts_v1 as a
inner join ops.current_run as c on a.run_id = c.run_id;

create view crm.exit_plans as
select
    e.customer_id,
    e.plan,
    e.place,
    e.as_of,
    e.text_en,
    e.text_zh,
    e.is_help,
    e.owner_role,
    e.owner_id,
    e.due_on,
    e.rule_version,
    e.run_id
from crm.exit_plans_v1 as e
inner join ops.current_run as c on e.run_id = c.run_id;

create view crm.plan_gaps as
select
    p.customer_id,
    p.gap,
    p.as_of,
    p.rule_version,
    p.run_id
from crm.plan_gaps_v1 as p
inner join ops.current_run as c on p.run_id = c.run_id;

create view crm.customer_cards as
select
    k.customer_id,
    k.as_of,
    k.kind,
    k.relation,
    k.industry_code,
    k.branch_id,
    k.manager_id,
    k.account_class,
    k.key_reason,
    k.value_basis,
    k.value_12m,
    k.contribution_12m,
    k.deposit_balance,
    k.loan_balance,
    k.tier,
    k.assets,
    k.is_loss_making_depositor,
    k.group_root_customer_id,
    k.group_cause,
    k.stage,
    k.stage_since,
    k.segment_en,
    k.segment_zh,
    k.product_count,
    k.embedding_index,
    k.product_gaps,
    k.proposed_branch_id,
    k.is_branch_mismatch,
    k.is_dependent_on_manager,
    k.deposits_at_stake,
    k.profile_known_share,
    k.relationship_class,
    k.machine_class,
    k.is_exit_proposed,
    k.open_alert_count,
    cast(case when k.is_growth_expired then 'withheld' else k.growth_status end as varchar(32)) as growth_status,
    cast(case when k.is_growth_expired then 'expired' else k.growth_cause end as varchar(64)) as growth_cause,
    case when not k.is_growth_expired then k.growth_score end as growth_score,
    cast(case when not k.is_growth_expired then k.growth_band end as varchar(32)) as growth_band,
    cast(case when k.is_distress_expired then 'withheld' else k.distress_status end as varchar(32)) as distress_status,
    cast(case when k.is_distress_expired then 'expired' else k.distress_cause end as varchar(64)) as distress_cause,
    case when not k.is_distress_expired then k.distress_score end as distress_score,
    cast(case when not k.is_distress_expired then k.distress_band end as varchar(32)) as distress_band,
    case when not k.is_growth_expired then k.is_growing end as is_growing,
    case when not k.is_distress_expired then k.is_in_danger end as is_in_danger,
    case when not k.is_growth_expired and not k.is_distress_expired then k.is_conflict end as is_conflict,
    cast(
        nullif(
            ltrim(
                replace(
                    replace(replace(replace(',' || coalesce(k.unknown, ''), ',growth_score', ''), ',distress_score', ''), ',is_growing', ''),
                    ',is_in_danger',
                    ''
                )
                || case when k.is_growth_expired or k.growth_status = 'withheld' then ',growth_score' else '' end
                || case when k.is_distress_expired or k.distress_status = 'withheld' then ',distress_score' else '' end
                || case when k.is_growth_expired or k.is_growing is null then ',is_growing' else '' end
                || case when k.is_distress_expired or k.is_in_danger is null then ',is_in_danger' else '' end,
                ','
            ),
            ''
        )
        as varchar(200)
    ) as unknown,
    k.rule_version,
    k.run_id,
    k.is_marketing_allowed
from (
    select
        t.*,
        c.is_expired and t.growth_status = 'scored' as is_growth_expired,
        c.is_expired and t.distress_status = 'scored' as is_distress_expired
    from crm.customer_cards_v1 as t
    inner join ops.current_run as c on t.run_id = c.run_id
) as k;

create view crm.marketing_consents as
select
    m.customer_id,
    m.as_of,
    m.has_consent,
    m.basis,
    m.is_marketing_allowed,
    m.cause,
    m.stated_on,
    m.erasure_requested_on,
    m.rule_version,
    m.run_id
from crm.marketing_consents_v1 as m
inner join ops.current_run as c on m.run_id = c.run_id;

create view crm.manager_skills as
select
    s.manager_id,
    s.as_of,
    s.branch_id,
    s.grade,
    s.skills,
    s.skill_count,
    s.is_corporate,
    s.is_retail,
    s.is_credit,
    s.is_wealth,
    s.is_settlement,
    s.is_all_round,
    s.cause,
    s.rule_version,
    s.run_id
from crm.manager_skills_v1 as s
inner join ops.current_run as c on s.run_id = c.run_id;

create view crm.team_skills as
select
    t.branch_id,
    t.skill,
    t.as_of,
    t.manager_count,
    t.holder_count,
    t.unknown_count,
    t.customer_count,
    t.key_account_count,
    t.is_gap,
    t.customers_per_holder,
    t.cause,
    t.rule_version,
    t.run_id
from crm.team_skills_v1 as t
inner join ops.current_run as c on t.run_id = c.run_id;

create view crm.manager_outcomes as
select
    m.manager_id,
    m.as_of,
    m.branch_id,
    m.grade,
    m.customer_count,
    m.new_count,
    m.lost_count,
    m.watch_count,
    m.key_account_count,
    m.key_gained_count,
    m.key_lost_count,
    m.contribution_12m,
    m.months_received,
    m.contribution_before_12m,
    m.months_received_before,
    m.open_alert_count,
    m.late_alert_count,
    m.answered_alert_count,
    m.filled_share,
    m.rule_version,
    m.run_id
from crm.manager_outcomes_v1 as m
inner join ops.current_run as c on m.run_id = c.run_id;

create view crm.current_run as
select
    c.run_id,
    c.as_of,
    cast(c.created_at as date) as scored_on,
    cast(c.published_at as date) as published_on,
    c.valid_until,
    c.is_expired
from ops.current_run as c;
