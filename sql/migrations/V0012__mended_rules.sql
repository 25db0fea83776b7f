-- What a reader found amiss in the tables of the rules, mended; one statement a table or view.
drop view crm.contributions;

alter table crm.contributions_v1 add column months_received integer;

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

-- the amount of an account is unknown where the bank tells no balances
alter table crm.product_positions_v1 alter column amount drop not null;

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
    deposits_at_stake numeric(18, 2),
    rule_version varchar(64) not null
);

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

-- a dimension has a row of every key that a fact may point to: what no register knows has its id and nothing else
drop view crm.dim_customers;

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

drop view crm.dim_projects;

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
inner join ops.current_run as c on v.run_id = c.run_id;
