-- Early warning: what people have decided, the classes of customers with what they were judged by, alerts and plans. One statement a table or
-- view. A decision is a person's, given by name through the command line, and only added; place is the order in which they came.
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

-- The lines of the machine that a run was judged by, as models/classes/relationship_class.py has them.
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

create table crm.class_evidence_v1 (
    run_id varchar(64) not null,
    customer_id varchar(64) not null,
    evidence varchar(32) not null,
    as_of date not null,
    value double precision,
    edge double precision,
    rule_version varchar(64) not null
);

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

-- The steps that plans were made of, as models/classes/exit_plans.py has them.
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

create table crm.plan_gaps_v1 (
    run_id varchar(64) not null,
    customer_id varchar(64) not null,
    gap varchar(32) not null,
    as_of date not null,
    rule_version varchar(64) not null
);

create view crm.plan_gaps as
select
    p.customer_id,
    p.gap,
    p.as_of,
    p.rule_version,
    p.run_id
from crm.plan_gaps_v1 as p
inner join ops.current_run as c on p.run_id = c.run_id;

-- which run a rule went on from, so that publish can ask whether it still stands
alter table ops.run_rules add column previous_run_id varchar(64);
