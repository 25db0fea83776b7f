-- One row a landing table that a model may declare as a feed: the last day on which a row of it became known; known before :as_of.
-- Null: no row was received.
select
    'transactions' as table_name,
    max(t.known_on) as last_known_on
from landing.transactions as t
where t.known_on < cast(:as_of as date)
union all
select
    'loan_months' as table_name,
    max(t.known_on) as last_known_on
from landing.loan_months as t
where t.known_on < cast(:as_of as date)
union all
select
    'events' as table_name,
    max(t.known_on) as last_known_on
from landing.events as t
where t.known_on < cast(:as_of as date)
union all
select
    'accounts' as table_name,
    max(t.known_on) as last_known_on
from landing.accounts as t
where t.known_on < cast(:as_of as date)
union all
select
    'balances' as table_name,
    max(t.known_on) as last_known_on
from landing.balances as t
where t.known_on < cast(:as_of as date)
union all
select
    'loans' as table_name,
    max(t.known_on) as last_known_on
from landing.loans as t
where t.known_on < cast(:as_of as date)
union all
select
    'income_costs' as table_name,
    max(t.known_on) as last_known_on
from landing.income_costs as t
where t.known_on < cast(:as_of as date)
union all
select
    'firm_reports' as table_name,
    max(t.known_on) as last_known_on
from landing.firm_reports as t
where t.known_on < cast(:as_of as date)
union all
select
    'holdings' as table_name,
    max(t.known_on) as last_known_on
from landing.holdings as t
where t.known_on < cast(:as_of as date)
union all
select
    'profile_fields' as table_name,
    max(t.known_on) as last_known_on
from landing.profile_fields as t
where t.known_on < cast(:as_of as date)
union all
select
    'crm_profiles' as table_name,
    max(t.known_on) as last_known_on
from landing.crm_profiles as t
where t.known_on < cast(:as_of as date)
union all
select
    'contacts' as table_name,
    max(t.known_on) as last_known_on
from landing.contacts as t
where t.known_on < cast(:as_of as date)
