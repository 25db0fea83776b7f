-- What a reader found amiss in the tables of the rules, mended; one statement a table or view.
drop view crm.contributions;

alter table crm.contributions_v1 add column months_told integer;

create view crm.contributions as
select
    o.level,
    o.key,
    o.as_of,
    o.month,
    o.span_months,
    o.months_told,
    o.interest_income_cny,
    o.fee_income_cny,
    o.interest_expense_cny,
    o.operating_cost_cny,
    o.risk_cost_cny,
    o.contribution_cny,
    o.rule_version,
    o.run_id
from crm.contributions_v1 as o
inner join ops.current_run as c on o.run_id = c.run_id;

-- the amount of an account is unknown where the bank tells no balances
alter table crm.product_positions_v1 alter column amount_cny drop not null;

-- how far groups are here moves from the tops among the customers to every parent, whoever it is
drop view crm.embedding;

alter table crm.embedding_v1 drop column members_known;

alter table crm.embedding_v1 drop column members_with_account;

alter table crm.embedding_v1 drop column members_with_ebank;

alter table crm.embedding_v1 drop column group_coverage;

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

create table crm.manager_dependence_v1 (
    run_id varchar(64) not null,
    manager_id varchar(64) not null,
    as_of date not null,
    customer_count integer not null,
    dependent_count integer not null,
    dependent_key_count integer not null,
    deposits_at_stake_cny numeric(18, 2),
    rule_version varchar(64) not null
);

create view crm.manager_dependence as
select
    m.manager_id,
    m.as_of,
    m.customer_count,
    m.dependent_count,
    m.dependent_key_count,
    m.deposits_at_stake_cny,
    m.rule_version,
    m.run_id
from crm.manager_dependence_v1 as m
inner join ops.current_run as c on m.run_id = c.run_id;
