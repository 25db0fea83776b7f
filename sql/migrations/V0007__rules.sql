-- The rules' journal of a run, and the tables of who is key: groups, contribution, key accounts, tiers. One statement a table or view.
-- named by a rule that knew no classes; the next features name them anew, as they describe every month anew for the new columns
delete from features.key_accounts;
alter table features.key_accounts add column account_class varchar(16);
alter table features.key_accounts add column reason varchar(32);

create table ops.run_rules (
    run_id varchar(64) not null,
    rule varchar(64) not null,
    rule_version varchar(64) not null,
    row_count bigint not null
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
    amount numeric(18, 2) not null,
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
    rule_version varchar(64) not null
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

create view crm.contributions as
select
    o.level,
    o.key,
    o.as_of,
    o.month,
    o.span_months,
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
