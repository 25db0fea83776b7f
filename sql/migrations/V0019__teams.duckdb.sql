-- The skills that managers hold, what their teams lack, and what becomes of the customers in their care. One statement a table or view.
-- DuckDB has no keys here, as V0002 says.
create table landing.manager_skills (
    manager_id varchar(64) not null,
    skill varchar(32) not null,
    is_held boolean not null,
    attained_on date,
    known_on date not null,
    source_known_on date not null
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
        a.row_key = t.manager_id || '|' || t.skill
        and a.source_known_on = t.source_known_on
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
