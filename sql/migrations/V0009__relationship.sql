-- How customers stand with the bank: how deeply they are embedded, in which stage and segment, and the star of what they owe. One
-- statement a table or view. The dimensions are what was known before the as_of that the CRM reads, the row stated last of each key;
-- 'unknown' is a row of organisations, products and industries, as a fact may point to it.
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
    turnover_6m numeric(18, 2) not null,
    turnover_before_6m numeric(18, 2) not null,
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
    l.turnover_6m,
    l.turnover_before_6m,
    l.rule_version,
    l.run_id
from crm.lifecycle_v1 as l
inner join ops.current_run as c on l.run_id = c.run_id;

create table crm.stage_migrations_v1 (
    run_id varchar(64) not null,
    as_of date not null,
    previous_stage varchar(16) not null,
    stage varchar(16) not null,
    customer_count integer not null,
    rule_version varchar(64) not null
);

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
        row_number() over (partition by c.customer_id order by c.source_known_on desc) as newest
    from valid.customers as c
    inner join ops.current_run as r on c.known_on < r.as_of
) as n
where n.newest = 1;

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

create view crm.dim_projects as
select
    n.loan_id as project_id,
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
        l.loan_id,
        l.customer_id,
        l.product_id,
        l.granted_on,
        l.matures_on,
        l.principal_amount,
        l.limit_amount,
        l.rate_ratio,
        l.collateral_value,
        row_number() over (partition by l.loan_id order by l.source_known_on desc) as newest
    from valid.loans as l
    inner join ops.current_run as r on l.known_on < r.as_of
) as n
where n.newest = 1;
