-- How customers stand with the bank: how deeply they are embedded. One statement a table or view.
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
    members_known integer,
    members_with_account integer,
    members_with_ebank integer,
    group_coverage double precision,
    cause varchar(32),
    rule_version varchar(64) not null
);

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
    e.members_known,
    e.members_with_account,
    e.members_with_ebank,
    e.group_coverage,
    e.cause,
    e.rule_version,
    e.run_id
from crm.embedding_v1 as e
inner join ops.current_run as c on e.run_id = c.run_id;

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
    turnover_6m_cny numeric(18, 2) not null,
    turnover_before_6m_cny numeric(18, 2) not null,
    rule_version varchar(64) not null
);

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
    l.turnover_6m_cny,
    l.turnover_before_6m_cny,
    l.rule_version,
    l.run_id
from crm.lifecycle_v1 as l
inner join ops.current_run as c on l.run_id = c.run_id;

create table crm.stage_migrations_v1 (
    run_id varchar(64) not null,
    as_of date not null,
    previous_stage varchar(16) not null,
    stage varchar(16) not null,
    customers integer not null,
    rule_version varchar(64) not null
);

create view crm.stage_migrations as
select
    m.as_of,
    m.previous_stage,
    m.stage,
    m.customers,
    m.rule_version,
    m.run_id
from crm.stage_migrations_v1 as m
inner join ops.current_run as c on m.run_id = c.run_id;

create table crm.tier_attrition_v1 (
    run_id varchar(64) not null,
    as_of date not null,
    tier varchar(32) not null,
    customers integer not null,
    lost_count integer not null,
    lower_count integer not null,
    unknown_count integer not null,
    left_count integer not null,
    left_share double precision,
    previous_run_id varchar(64) not null,
    rule_version varchar(64) not null
);

create view crm.tier_attrition as
select
    a.as_of,
    a.tier,
    a.customers,
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
