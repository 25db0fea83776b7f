-- One statement a table: the schemas that every step hands over through. Types are the common subset of DuckDB and PostgreSQL.
create schema landing;
create schema facts;
create schema features;
create schema learn;
create schema crm;

-- landing: what sources said, append-only. `known_on` is the day it counts as known here, `source_known_on` what the source stated;
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
    source_known_on date not null,
    primary key (customer_id, source_known_on)
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
    source_known_on date not null,
    primary key (transaction_id, source_known_on)
);

create table landing.events (
    event_id varchar(64) not null,
    customer_id varchar(64) not null,
    occurred_on date not null,
    kind varchar(32) not null,
    value double precision,
    known_on date not null,
    source_known_on date not null,
    primary key (event_id, source_known_on)
);

-- facts: additive by (key, month, known_month), so that any as_of sums what was known before it. No primary keys: the group by of
-- their queries makes the rows unique, and keeping an index made summing months anew seventeen times slower on DuckDB.
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

-- features: what scoring saw, kept. The feature columns of customer_features are added by the step that writes them,
-- from the declarations in sql/features/customer_features.sql.
create table features.customer_features (
    customer_id varchar(64) not null,
    as_of date not null,
    primary key (customer_id, as_of)
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
    primary key (customer_id, as_of)
);

create table learn.examples (
    model_name varchar(64) not null,
    as_of date not null,
    customer_id varchar(64) not null,
    label_version varchar(32) not null,
    is_scored_population boolean not null,
    label boolean not null,
    matured_on date not null,
    primary key (model_name, as_of, customer_id)
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
    model_as_of date,
    primary key (run_id, model_name, customer_id)
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
    text_zh varchar(300) not null,
    primary key (run_id, model_name, customer_id, place)
);

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

-- rows that facts and features leave out; as_of is the first morning on which the row would have counted, known_on + 1
create table ops.quarantine (
    table_name varchar(64) not null,
    row_key varchar(200) not null,
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

-- how far a step has come: it has dealt with all that landing held before as_of, which was landing_rows rows
create table ops.watermarks (
    step varchar(32) not null,
    as_of date not null,
    landing_rows bigint not null,
    primary key (step, as_of)
);

create table ops.steps (
    step_id bigint not null,
    step varchar(32) not null,
    as_of date not null,
    subject varchar(64) not null,
    state varchar(16) not null,
    seconds double precision not null,
    row_count bigint,
    peak_bytes bigint,
    message varchar(2000),
    finished_at timestamp not null default current_timestamp,
    primary key (step_id)
);

-- state: open, being written; published, what the CRM reads; superseded, was read, its rows kept for a rollback; kept, complete but
-- of an older as_of than the CRM reads, never read; dropped, its rows are gone
create table ops.runs (
    run_id varchar(64) not null,
    as_of date not null,
    attempt integer not null,
    state varchar(16) not null,
    created_at timestamp not null default current_timestamp,
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

create view ops.current_run as
select
    p.run_id,
    p.as_of,
    p.published_at
from ops.publications as p
where p.place = (select max(q.place) from ops.publications as q);

create view crm.scores as
select
    s.customer_id,
    s.as_of,
    s.model_name,
    s.status,
    s.cause,
    s.score,
    s.raw_score,
    s.rank,
    s.percentile,
    s.band,
    s.trend,
    s.model_version,
    s.run_id,
    s.base_value,
    s.band_version,
    s.model_as_of
from crm.scores_v1 as s
inner join ops.current_run as c on s.run_id = c.run_id;

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
inner join ops.current_run as c on r.run_id = c.run_id;
