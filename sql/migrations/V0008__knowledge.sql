-- What the bank knows of its customers, and how well: owners, contacts, profiles, the CRM beside the core, feeds, managers. One statement a table or view.
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
