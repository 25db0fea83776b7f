-- One statement a table: what customers have with the bank and what it knows of them. Without primary keys, as V0002 says.
create table landing.accounts (
    account_id varchar(64) not null,
    customer_id varchar(64) not null,
    product_id varchar(64),
    branch_id varchar(64),
    currency varchar(32),
    rate_ratio double precision,
    opened_on date,
    closed_on date,
    known_on date not null,
    source_known_on date not null
);

create table landing.balances (
    account_id varchar(64) not null,
    customer_id varchar(64) not null,
    month date not null,
    average_balance numeric(18, 2) not null,
    end_balance numeric(18, 2) not null,
    known_on date not null,
    source_known_on date not null
);

create table landing.loans (
    loan_id varchar(64) not null,
    customer_id varchar(64) not null,
    product_id varchar(64),
    granted_on date,
    matures_on date,
    principal_amount numeric(18, 2),
    limit_amount numeric(18, 2),
    rate_ratio double precision,
    collateral_value numeric(18, 2),
    known_on date not null,
    source_known_on date not null
);

create table landing.loan_months (
    loan_id varchar(64) not null,
    customer_id varchar(64) not null,
    month date not null,
    outstanding_amount numeric(18, 2) not null,
    overdue_amount numeric(18, 2),
    written_off_amount numeric(18, 2),
    days_past_due integer,
    class5 integer,
    known_on date not null,
    source_known_on date not null
);

create table landing.income_costs (
    customer_id varchar(64) not null,
    month date not null,
    interest_income numeric(18, 2) not null,
    fee_income numeric(18, 2) not null,
    interest_expense numeric(18, 2) not null,
    operating_cost numeric(18, 2) not null,
    risk_cost numeric(18, 2) not null,
    known_on date not null,
    source_known_on date not null
);

create table landing.firm_reports (
    customer_id varchar(64) not null,
    period_end date not null,
    period_months integer not null,
    revenue numeric(18, 2),
    operating_profit numeric(18, 2),
    net_income numeric(18, 2),
    assets numeric(18, 2),
    liabilities numeric(18, 2),
    equity numeric(18, 2),
    known_on date not null,
    source_known_on date not null
);

create table landing.holdings (
    holding_id varchar(64) not null,
    customer_id varchar(64) not null,
    product_id varchar(64) not null,
    bought_on date,
    matures_on date,
    amount numeric(18, 2) not null,
    nav_ratio double precision,
    known_on date not null,
    source_known_on date not null
);

create table landing.profile_fields (
    customer_id varchar(64) not null,
    field_group varchar(64) not null,
    field varchar(64) not null,
    is_filled boolean not null,
    updated_on date,
    known_on date not null,
    source_known_on date not null
);

create table landing.crm_profiles (
    customer_id varchar(64) not null,
    branch_id varchar(64),
    manager_id varchar(64),
    deposit_balance numeric(18, 2),
    loan_balance numeric(18, 2),
    product_count integer,
    updated_on date,
    known_on date not null,
    source_known_on date not null
);

create table landing.contacts (
    contact_id varchar(64) not null,
    customer_id varchar(64) not null,
    contacted_on date not null,
    manager_id varchar(64),
    branch_id varchar(64),
    channel varchar(32),
    known_on date not null,
    source_known_on date not null
);
