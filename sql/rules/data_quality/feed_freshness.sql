-- One row a landing table that had told anything before :as_of: when it last spoke, of which day or month, and whether it is behind what the
-- rulebook declares (:<table>_days, the most days between its last word and :as_of; 0: it may be silent for ever, and none is declared).
-- Read from landing itself: a row in quarantine is still a sign that the feed came. Which scores are withheld
-- where one is silent, pipelines/scoring/feeds.py says, by sql/scoring/feeds.sql.
with spoken as (
    select
        'customers' as table_name,
        max(t.known_on) as last_known_on,
        max(case when t.joined_on < cast(:as_of as date) then t.joined_on end) as last_event_on,
        nullif(:customers_days, 0) as declared_lag_days
    from landing.customers as t
    where t.known_on < cast(:as_of as date)
    union all
    select
        'transactions' as table_name,
        max(t.known_on) as last_known_on,
        max(case when t.booked_on < cast(:as_of as date) then t.booked_on end) as last_event_on,
        nullif(:transactions_days, 0) as declared_lag_days
    from landing.transactions as t
    where t.known_on < cast(:as_of as date)
    union all
    select
        'events' as table_name,
        max(t.known_on) as last_known_on,
        max(case when t.occurred_on < cast(:as_of as date) then t.occurred_on end) as last_event_on,
        nullif(:events_days, 0) as declared_lag_days
    from landing.events as t
    where t.known_on < cast(:as_of as date)
    union all
    select
        'accounts' as table_name,
        max(t.known_on) as last_known_on,
        max(case when t.opened_on < cast(:as_of as date) then t.opened_on end) as last_event_on,
        nullif(:accounts_days, 0) as declared_lag_days
    from landing.accounts as t
    where t.known_on < cast(:as_of as date)
    union all
    select
        'balances' as table_name,
        max(t.known_on) as last_known_on,
        max(case when t.month < cast(:as_of as date) then t.month end) as last_event_on,
        nullif(:balances_days, 0) as declared_lag_days
    from landing.balances as t
    where t.known_on < cast(:as_of as date)
    union all
    select
        'loans' as table_name,
        max(t.known_on) as last_known_on,
        max(case when t.granted_on < cast(:as_of as date) then t.granted_on end) as last_event_on,
        nullif(:loans_days, 0) as declared_lag_days
    from landing.loans as t
    where t.known_on < cast(:as_of as date)
    union all
    select
        'loan_months' as table_name,
        max(t.known_on) as last_known_on,
        max(case when t.month < cast(:as_of as date) then t.month end) as last_event_on,
        nullif(:loan_months_days, 0) as declared_lag_days
    from landing.loan_months as t
    where t.known_on < cast(:as_of as date)
    union all
    select
        'income_costs' as table_name,
        max(t.known_on) as last_known_on,
        max(case when t.month < cast(:as_of as date) then t.month end) as last_event_on,
        nullif(:income_costs_days, 0) as declared_lag_days
    from landing.income_costs as t
    where t.known_on < cast(:as_of as date)
    union all
    select
        'firm_reports' as table_name,
        max(t.known_on) as last_known_on,
        max(case when t.period_end < cast(:as_of as date) then t.period_end end) as last_event_on,
        nullif(:firm_reports_days, 0) as declared_lag_days
    from landing.firm_reports as t
    where t.known_on < cast(:as_of as date)
    union all
    select
        'holdings' as table_name,
        max(t.known_on) as last_known_on,
        max(case when t.bought_on < cast(:as_of as date) then t.bought_on end) as last_event_on,
        nullif(:holdings_days, 0) as declared_lag_days
    from landing.holdings as t
    where t.known_on < cast(:as_of as date)
    union all
    select
        'profile_fields' as table_name,
        max(t.known_on) as last_known_on,
        max(case when t.updated_on < cast(:as_of as date) then t.updated_on end) as last_event_on,
        nullif(:profile_fields_days, 0) as declared_lag_days
    from landing.profile_fields as t
    where t.known_on < cast(:as_of as date)
    union all
    select
        'crm_profiles' as table_name,
        max(t.known_on) as last_known_on,
        max(case when t.updated_on < cast(:as_of as date) then t.updated_on end) as last_event_on,
        nullif(:crm_profiles_days, 0) as declared_lag_days
    from landing.crm_profiles as t
    where t.known_on < cast(:as_of as date)
    union all
    select
        'contacts' as table_name,
        max(t.known_on) as last_known_on,
        max(case when t.contacted_on < cast(:as_of as date) then t.contacted_on end) as last_event_on,
        nullif(:contacts_days, 0) as declared_lag_days
    from landing.contacts as t
    where t.known_on < cast(:as_of as date)
    union all
    select
        'blacklist' as table_name,
        max(t.known_on) as last_known_on,
        max(case when t.listed_on < cast(:as_of as date) then t.listed_on end) as last_event_on,
        nullif(:blacklist_days, 0) as declared_lag_days
    from landing.blacklist as t
    where t.known_on < cast(:as_of as date)
    union all
    select
        'consents' as table_name,
        max(t.known_on) as last_known_on,
        max(case when t.stated_on < cast(:as_of as date) then t.stated_on end) as last_event_on,
        nullif(:consents_days, 0) as declared_lag_days
    from landing.consents as t
    where t.known_on < cast(:as_of as date)
    union all
    select
        'guarantees' as table_name,
        max(t.known_on) as last_known_on,
        max(case when t.granted_on < cast(:as_of as date) then t.granted_on end) as last_event_on,
        nullif(:guarantees_days, 0) as declared_lag_days
    from landing.guarantees as t
    where t.known_on < cast(:as_of as date)
    union all
    select
        'outside_exposures' as table_name,
        max(t.known_on) as last_known_on,
        max(case when t.month < cast(:as_of as date) then t.month end) as last_event_on,
        nullif(:outside_exposures_days, 0) as declared_lag_days
    from landing.outside_exposures as t
    where t.known_on < cast(:as_of as date)
    union all
    select
        'ledger_write_offs' as table_name,
        max(t.known_on) as last_known_on,
        max(case when t.month < cast(:as_of as date) then t.month end) as last_event_on,
        nullif(:ledger_write_offs_days, 0) as declared_lag_days
    from landing.ledger_write_offs as t
    where t.known_on < cast(:as_of as date)
    union all
    select
        'products' as table_name,
        max(t.known_on) as last_known_on,
        max(case when t.launched_on < cast(:as_of as date) then t.launched_on end) as last_event_on,
        nullif(:products_days, 0) as declared_lag_days
    from landing.products as t
    where t.known_on < cast(:as_of as date)
    union all
    select
        'branches' as table_name,
        max(t.known_on) as last_known_on,
        cast(null as date) as last_event_on,
        nullif(:branches_days, 0) as declared_lag_days
    from landing.branches as t
    where t.known_on < cast(:as_of as date)
    union all
    select
        'managers' as table_name,
        max(t.known_on) as last_known_on,
        max(case when t.joined_on < cast(:as_of as date) then t.joined_on end) as last_event_on,
        nullif(:managers_days, 0) as declared_lag_days
    from landing.managers as t
    where t.known_on < cast(:as_of as date)
    union all
    select
        'manager_skills' as table_name,
        max(t.known_on) as last_known_on,
        max(case when t.attained_on < cast(:as_of as date) then t.attained_on end) as last_event_on,
        nullif(:manager_skills_days, 0) as declared_lag_days
    from landing.manager_skills as t
    where t.known_on < cast(:as_of as date)
    union all
    select
        'industries' as table_name,
        max(t.known_on) as last_known_on,
        cast(null as date) as last_event_on,
        nullif(:industries_days, 0) as declared_lag_days
    from landing.industries as t
    where t.known_on < cast(:as_of as date)
    union all
    select
        'calendar' as table_name,
        max(t.known_on) as last_known_on,
        max(case when t.day < cast(:as_of as date) then t.day end) as last_event_on,
        nullif(:calendar_days, 0) as declared_lag_days
    from landing.calendar as t
    where t.known_on < cast(:as_of as date)
)

select
    :run_id as run_id,
    s.table_name,
    cast(:as_of as date) as as_of,
    s.last_known_on,
    s.last_event_on,
    cast(cast(:as_of as date) - s.last_known_on as integer) as age_days,
    cast(s.declared_lag_days as integer) as declared_lag_days,
    cast(:as_of as date) - s.last_known_on > s.declared_lag_days as is_stale,
    :rule_version as rule_version
from spoken as s
where s.last_known_on is not null
