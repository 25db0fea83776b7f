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

create table crm.segment_measures_v1 (
    run_id varchar(64) not null,
    customer_id varchar(64) not null,
    as_of date not null,
    cause varchar(32),
    turnover_12m_cny double precision,
    assets_cny double precision,
    loans_ratio double precision,
    product_count double precision,
    months_with_bank double precision,
    contribution_mean_cny double precision,
    rule_version varchar(64) not null
);

create view crm.segment_measures as
select
    m.customer_id,
    m.as_of,
    m.cause,
    m.turnover_12m_cny,
    m.assets_cny,
    m.loans_ratio,
    m.product_count,
    m.months_with_bank,
    m.contribution_mean_cny,
    m.rule_version,
    m.run_id
from crm.segment_measures_v1 as m
inner join ops.current_run as c on m.run_id = c.run_id;

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
