-- Who may not be courted, who answers for whom, what others have lent and what the ledger wrote off; and the tables of the CRM made of it.
-- Keys on PostgreSQL come in V0015.
create table landing.blacklist (
    entry_id varchar(64) not null,
    customer_id varchar(64) not null,
    listed_on date not null,
    lifted_on date,
    list_source varchar(64) not null,
    reason varchar(64),
    known_on date not null,
    source_known_on date not null
);

create table landing.guarantees (
    guarantee_id varchar(64) not null,
    guarantor_id varchar(64) not null,
    customer_id varchar(64) not null,
    amount numeric(18, 2),
    granted_on date,
    ends_on date,
    known_on date not null,
    source_known_on date not null
);

create table landing.outside_exposures (
    customer_id varchar(64) not null,
    month date not null,
    bank_count integer,
    exposure_amount numeric(18, 2),
    known_on date not null,
    source_known_on date not null
);

create table landing.ledger_write_offs (
    branch_id varchar(64) not null,
    month date not null,
    written_off_amount numeric(18, 2) not null,
    known_on date not null,
    source_known_on date not null
);

create view valid.blacklist as
with set_aside as (
    select
        left(q.row_key, length(q.row_key) - 11) as entry_id,
        cast(right(q.row_key, 10) as date) as source_known_on
    from ops.quarantine as q
    where q.table_name = 'blacklist'
)

select
    t.entry_id,
    t.customer_id,
    t.listed_on,
    t.lifted_on,
    t.list_source,
    t.reason,
    t.known_on,
    t.source_known_on
from landing.blacklist as t
where not exists (
    select 1 as found
    from set_aside as a
    where
        a.entry_id = t.entry_id
        and a.source_known_on = t.source_known_on
);

create view valid.guarantees as
with set_aside as (
    select
        left(q.row_key, length(q.row_key) - 11) as guarantee_id,
        cast(right(q.row_key, 10) as date) as source_known_on
    from ops.quarantine as q
    where q.table_name = 'guarantees'
)

select
    t.guarantee_id,
    t.guarantor_id,
    t.customer_id,
    t.amount,
    t.granted_on,
    t.ends_on,
    t.known_on,
    t.source_known_on
from landing.guarantees as t
where not exists (
    select 1 as found
    from set_aside as a
    where
        a.guarantee_id = t.guarantee_id
        and a.source_known_on = t.source_known_on
);

create view valid.outside_exposures as
with set_aside as (
    select
        left(q.row_key, length(q.row_key) - 22) as customer_id,
        cast(left(right(q.row_key, 21), 10) as date) as month,
        cast(right(q.row_key, 10) as date) as source_known_on
    from ops.quarantine as q
    where q.table_name = 'outside_exposures'
)

select
    t.customer_id,
    t.month,
    t.bank_count,
    t.exposure_amount,
    t.known_on,
    t.source_known_on
from landing.outside_exposures as t
where not exists (
    select 1 as found
    from set_aside as a
    where
        a.customer_id = t.customer_id
        and a.month = t.month
        and a.source_known_on = t.source_known_on
);

create view valid.ledger_write_offs as
with set_aside as (
    select
        left(q.row_key, length(q.row_key) - 22) as branch_id,
        cast(left(right(q.row_key, 21), 10) as date) as month,
        cast(right(q.row_key, 10) as date) as source_known_on
    from ops.quarantine as q
    where q.table_name = 'ledger_write_offs'
)

select
    t.branch_id,
    t.month,
    t.written_off_amount,
    t.known_on,
    t.source_known_on
from landing.ledger_write_offs as t
where not exists (
    select 1 as found
    from set_aside as a
    where
        a.branch_id = t.branch_id
        and a.month = t.month
        and a.source_known_on = t.source_known_on
);

create table crm.connected_groups_v1 (
    run_id varchar(64) not null,
    customer_id varchar(64) not null,
    as_of date not null,
    connected_group_id varchar(64) not null,
    member_count integer not null,
    has_guarantee boolean,
    rule_version varchar(64) not null
);

create table crm.limits_v1 (
    run_id varchar(64) not null,
    level varchar(16) not null,
    key varchar(64) not null,
    as_of date not null,
    loan_balance numeric(18, 2),
    exposure_amount numeric(18, 2),
    collateral_value numeric(18, 2),
    loan_limit numeric(18, 2),
    exposure_limit numeric(18, 2),
    headroom numeric(18, 2),
    use_ratio double precision,
    is_over boolean,
    syndication_suggested boolean,
    syndication_amount numeric(18, 2),
    outside_exposure_amount numeric(18, 2),
    outside_bank_count integer,
    cause varchar(32),
    rule_version varchar(64) not null
);

create table crm.blacklist_v1 (
    run_id varchar(64) not null,
    entry_id varchar(64) not null,
    customer_id varchar(64) not null,
    as_of date not null,
    state varchar(16) not null,
    listed_on date not null,
    lifted_on date,
    list_source varchar(64) not null,
    reason varchar(64),
    cause varchar(32),
    rule_version varchar(64) not null
);

create table crm.write_offs_v1 (
    run_id varchar(64) not null,
    level varchar(16) not null,
    key varchar(64) not null,
    month date not null,
    as_of date not null,
    written_off_amount numeric(18, 2),
    ledger_amount numeric(18, 2),
    difference_amount numeric(18, 2),
    state varchar(16) not null,
    rule_version varchar(64) not null
);

create table crm.risk_adjusted_contributions_v1 (
    run_id varchar(64) not null,
    customer_id varchar(64) not null,
    as_of date not null,
    contribution_12m numeric(18, 2),
    exposure_amount numeric(18, 2),
    collateral_value numeric(18, 2),
    default_probability_12m double precision,
    loss_given_default_ratio double precision,
    expected_loss numeric(18, 2),
    written_off_amount_12m numeric(18, 2),
    provision_12m numeric(18, 2),
    risk_adjusted_contribution numeric(18, 2),
    cause varchar(32),
    rule_version varchar(64) not null
);

create view crm.connected_groups as
select
    g.customer_id,
    g.as_of,
    g.connected_group_id,
    g.member_count,
    g.has_guarantee,
    g.rule_version,
    g.run_id
from crm.connected_groups_v1 as g
inner join ops.current_run as c on g.run_id = c.run_id;

create view crm.limits as
select
    m.level,
    m.key,
    m.as_of,
    m.loan_balance,
    m.exposure_amount,
    m.collateral_value,
    m.loan_limit,
    m.exposure_limit,
    m.headroom,
    m.use_ratio,
    m.is_over,
    m.syndication_suggested,
    m.syndication_amount,
    m.outside_exposure_amount,
    m.outside_bank_count,
    m.cause,
    m.rule_version,
    m.run_id
from crm.limits_v1 as m
inner join ops.current_run as c on m.run_id = c.run_id;

create view crm.blacklist as
select
    b.entry_id,
    b.customer_id,
    b.as_of,
    b.state,
    b.listed_on,
    b.lifted_on,
    b.list_source,
    b.reason,
    b.cause,
    b.rule_version,
    b.run_id
from crm.blacklist_v1 as b
inner join ops.current_run as c on b.run_id = c.run_id;

create view crm.write_offs as
select
    w.level,
    w.key,
    w.month,
    w.as_of,
    w.written_off_amount,
    w.ledger_amount,
    w.difference_amount,
    w.state,
    w.rule_version,
    w.run_id
from crm.write_offs_v1 as w
inner join ops.current_run as c on w.run_id = c.run_id;

create view crm.risk_adjusted_contributions as
select
    r.customer_id,
    r.as_of,
    r.contribution_12m,
    r.exposure_amount,
    r.collateral_value,
    r.default_probability_12m,
    r.loss_given_default_ratio,
    r.expected_loss,
    r.written_off_amount_12m,
    r.provision_12m,
    r.risk_adjusted_contribution,
    r.cause,
    r.rule_version,
    r.run_id
from crm.risk_adjusted_contributions_v1 as r
inner join ops.current_run as c on r.run_id = c.run_id;
