-- One view a landing table: its rows less those in ops.quarantine, so that no rule has to remember them. A quarantined row's key ends with
-- the day it was stated; it is taken apart once a quarantined row, as putting keys together for all rows takes longer than most rules.
-- A cast that other tables' keys would break stands in a case, as an engine may move it before the test of the name.
create schema valid;

create view valid.customers as
select
    t.customer_id,
    t.kind,
    t.relation,
    t.name,
    t.industry_code,
    t.region,
    t.city,
    t.branch_id,
    t.manager_id,
    t.group_id,
    t.founded_on,
    t.joined_on,
    t.employees,
    t.capital_cny,
    t.known_on,
    t.source_known_on
from landing.customers as t
where not exists (
    select 1 as found
    from ops.quarantine as q
    where
        q.table_name = 'customers'
        and cast(right(q.row_key, 10) as date) = t.source_known_on
        and left(q.row_key, length(q.row_key) - 11) = t.customer_id
);

create view valid.transactions as
select
    t.transaction_id,
    t.customer_id,
    t.account_id,
    t.booked_on,
    t.amount_cny,
    t.kind,
    t.counterparty_id,
    t.branch_id,
    t.channel,
    t.is_void,
    t.known_on,
    t.source_known_on
from landing.transactions as t
where not exists (
    select 1 as found
    from ops.quarantine as q
    where
        q.table_name = 'transactions'
        and cast(right(q.row_key, 10) as date) = t.source_known_on
        and left(q.row_key, length(q.row_key) - 11) = t.transaction_id
);

create view valid.events as
select
    t.event_id,
    t.customer_id,
    t.occurred_on,
    t.kind,
    t.value,
    t.known_on,
    t.source_known_on
from landing.events as t
where not exists (
    select 1 as found
    from ops.quarantine as q
    where
        q.table_name = 'events'
        and cast(right(q.row_key, 10) as date) = t.source_known_on
        and left(q.row_key, length(q.row_key) - 11) = t.event_id
);

create view valid.accounts as
select
    t.account_id,
    t.customer_id,
    t.product_id,
    t.branch_id,
    t.currency,
    t.rate_ratio,
    t.opened_on,
    t.closed_on,
    t.known_on,
    t.source_known_on
from landing.accounts as t
where not exists (
    select 1 as found
    from ops.quarantine as q
    where
        q.table_name = 'accounts'
        and cast(right(q.row_key, 10) as date) = t.source_known_on
        and left(q.row_key, length(q.row_key) - 11) = t.account_id
);

create view valid.balances as
select
    t.account_id,
    t.customer_id,
    t.month,
    t.average_cny,
    t.end_cny,
    t.known_on,
    t.source_known_on
from landing.balances as t
where not exists (
    select 1 as found
    from ops.quarantine as q
    where
        q.table_name = 'balances'
        and cast(right(q.row_key, 10) as date) = t.source_known_on
        and left(q.row_key, length(q.row_key) - 22) = t.account_id
        and case when q.table_name = 'balances' then cast(left(right(q.row_key, 21), 10) as date) end = t.month
);

create view valid.loans as
select
    t.loan_id,
    t.customer_id,
    t.product_id,
    t.granted_on,
    t.matures_on,
    t.principal_cny,
    t.limit_cny,
    t.rate_ratio,
    t.collateral_cny,
    t.known_on,
    t.source_known_on
from landing.loans as t
where not exists (
    select 1 as found
    from ops.quarantine as q
    where
        q.table_name = 'loans'
        and cast(right(q.row_key, 10) as date) = t.source_known_on
        and left(q.row_key, length(q.row_key) - 11) = t.loan_id
);

create view valid.loan_months as
select
    t.loan_id,
    t.customer_id,
    t.month,
    t.outstanding_cny,
    t.overdue_cny,
    t.written_off_cny,
    t.days_past_due,
    t.class5,
    t.known_on,
    t.source_known_on
from landing.loan_months as t
where not exists (
    select 1 as found
    from ops.quarantine as q
    where
        q.table_name = 'loan_months'
        and cast(right(q.row_key, 10) as date) = t.source_known_on
        and left(q.row_key, length(q.row_key) - 22) = t.loan_id
        and case when q.table_name = 'loan_months' then cast(left(right(q.row_key, 21), 10) as date) end = t.month
);

create view valid.income_costs as
select
    t.customer_id,
    t.month,
    t.interest_income_cny,
    t.fee_income_cny,
    t.interest_expense_cny,
    t.operating_cost_cny,
    t.risk_cost_cny,
    t.known_on,
    t.source_known_on
from landing.income_costs as t
where not exists (
    select 1 as found
    from ops.quarantine as q
    where
        q.table_name = 'income_costs'
        and cast(right(q.row_key, 10) as date) = t.source_known_on
        and left(q.row_key, length(q.row_key) - 22) = t.customer_id
        and case when q.table_name = 'income_costs' then cast(left(right(q.row_key, 21), 10) as date) end = t.month
);

create view valid.firm_reports as
select
    t.customer_id,
    t.period_end,
    t.period_months,
    t.revenue_cny,
    t.operating_profit_cny,
    t.net_income_cny,
    t.assets_cny,
    t.liabilities_cny,
    t.equity_cny,
    t.known_on,
    t.source_known_on
from landing.firm_reports as t
where not exists (
    select 1 as found
    from ops.quarantine as q
    where
        q.table_name = 'firm_reports'
        and cast(right(q.row_key, 10) as date) = t.source_known_on
        and left(q.row_key, length(q.row_key) - 11) = t.customer_id || '|' || cast(t.period_end as varchar(10)) || '|' || cast(t.period_months as varchar(10))
);

create view valid.holdings as
select
    t.holding_id,
    t.customer_id,
    t.product_id,
    t.bought_on,
    t.matures_on,
    t.amount_cny,
    t.nav_ratio,
    t.known_on,
    t.source_known_on
from landing.holdings as t
where not exists (
    select 1 as found
    from ops.quarantine as q
    where
        q.table_name = 'holdings'
        and cast(right(q.row_key, 10) as date) = t.source_known_on
        and left(q.row_key, length(q.row_key) - 11) = t.holding_id
);

create view valid.profile_fields as
select
    t.customer_id,
    t.field_group,
    t.field,
    t.is_filled,
    t.updated_on,
    t.known_on,
    t.source_known_on
from landing.profile_fields as t
where not exists (
    select 1 as found
    from ops.quarantine as q
    where
        q.table_name = 'profile_fields'
        and cast(right(q.row_key, 10) as date) = t.source_known_on
        and left(q.row_key, length(q.row_key) - 11) = t.customer_id || '|' || t.field_group || '|' || t.field
);

create view valid.crm_profiles as
select
    t.customer_id,
    t.branch_id,
    t.manager_id,
    t.deposits_cny,
    t.loans_cny,
    t.product_count,
    t.updated_on,
    t.known_on,
    t.source_known_on
from landing.crm_profiles as t
where not exists (
    select 1 as found
    from ops.quarantine as q
    where
        q.table_name = 'crm_profiles'
        and cast(right(q.row_key, 10) as date) = t.source_known_on
        and left(q.row_key, length(q.row_key) - 11) = t.customer_id
);

create view valid.contacts as
select
    t.contact_id,
    t.customer_id,
    t.contacted_on,
    t.manager_id,
    t.branch_id,
    t.channel,
    t.known_on,
    t.source_known_on
from landing.contacts as t
where not exists (
    select 1 as found
    from ops.quarantine as q
    where
        q.table_name = 'contacts'
        and cast(right(q.row_key, 10) as date) = t.source_known_on
        and left(q.row_key, length(q.row_key) - 11) = t.contact_id
);

create view valid.products as
select
    t.product_id,
    t.kind,
    t.name,
    t.name_en,
    t.yield_type,
    t.posted_rate_ratio,
    t.term_months,
    t.launched_on,
    t.known_on,
    t.source_known_on
from landing.products as t
where not exists (
    select 1 as found
    from ops.quarantine as q
    where
        q.table_name = 'products'
        and cast(right(q.row_key, 10) as date) = t.source_known_on
        and left(q.row_key, length(q.row_key) - 11) = t.product_id
);

create view valid.branches as
select
    t.branch_id,
    t.parent_branch_id,
    t.kind,
    t.name,
    t.region,
    t.known_on,
    t.source_known_on
from landing.branches as t
where not exists (
    select 1 as found
    from ops.quarantine as q
    where
        q.table_name = 'branches'
        and cast(right(q.row_key, 10) as date) = t.source_known_on
        and left(q.row_key, length(q.row_key) - 11) = t.branch_id
);

create view valid.managers as
select
    t.manager_id,
    t.branch_id,
    t.name,
    t.grade,
    t.exam_passed_on,
    t.joined_on,
    t.left_on,
    t.known_on,
    t.source_known_on
from landing.managers as t
where not exists (
    select 1 as found
    from ops.quarantine as q
    where
        q.table_name = 'managers'
        and cast(right(q.row_key, 10) as date) = t.source_known_on
        and left(q.row_key, length(q.row_key) - 11) = t.manager_id
);

create view valid.industries as
select
    t.industry_code,
    t.name,
    t.name_en,
    t.known_on,
    t.source_known_on
from landing.industries as t
where not exists (
    select 1 as found
    from ops.quarantine as q
    where
        q.table_name = 'industries'
        and cast(right(q.row_key, 10) as date) = t.source_known_on
        and left(q.row_key, length(q.row_key) - 11) = t.industry_code
);

create view valid.calendar as
select
    t.day,
    t.is_business_day,
    t.holiday,
    t.known_on,
    t.source_known_on
from landing.calendar as t
where not exists (
    select 1 as found
    from ops.quarantine as q
    where
        q.table_name = 'calendar'
        and cast(right(q.row_key, 10) as date) = t.source_known_on
        and case when q.table_name = 'calendar' then cast(left(q.row_key, 10) as date) end = t.day
);
