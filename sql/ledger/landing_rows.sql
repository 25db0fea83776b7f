-- one row: how many rows landing holds that were known before :as_of; as of now
select cast(sum(n.row_count) as bigint) as row_count
from (
    select count(*) as row_count
    from landing.customers as t
    where t.known_on < cast(:as_of as date)
    union all
    select count(*) as row_count
    from landing.transactions as t
    where t.known_on < cast(:as_of as date)
    union all
    select count(*) as row_count
    from landing.events as t
    where t.known_on < cast(:as_of as date)
    union all
    select count(*) as row_count
    from landing.accounts as t
    where t.known_on < cast(:as_of as date)
    union all
    select count(*) as row_count
    from landing.balances as t
    where t.known_on < cast(:as_of as date)
    union all
    select count(*) as row_count
    from landing.loans as t
    where t.known_on < cast(:as_of as date)
    union all
    select count(*) as row_count
    from landing.loan_months as t
    where t.known_on < cast(:as_of as date)
    union all
    select count(*) as row_count
    from landing.income_costs as t
    where t.known_on < cast(:as_of as date)
    union all
    select count(*) as row_count
    from landing.firm_reports as t
    where t.known_on < cast(:as_of as date)
    union all
    select count(*) as row_count
    from landing.holdings as t
    where t.known_on < cast(:as_of as date)
    union all
    select count(*) as row_count
    from landing.profile_fields as t
    where t.known_on < cast(:as_of as date)
    union all
    select count(*) as row_count
    from landing.crm_profiles as t
    where t.known_on < cast(:as_of as date)
    union all
    select count(*) as row_count
    from landing.contacts as t
    where t.known_on < cast(:as_of as date)
    union all
    select count(*) as row_count
    from landing.blacklist as t
    where t.known_on < cast(:as_of as date)
    union all
    select count(*) as row_count
    from landing.consents as t
    where t.known_on < cast(:as_of as date)
    union all
    select count(*) as row_count
    from landing.guarantees as t
    where t.known_on < cast(:as_of as date)
    union all
    select count(*) as row_count
    from landing.outside_exposures as t
    where t.known_on < cast(:as_of as date)
    union all
    select count(*) as row_count
    from landing.ledger_write_offs as t
    where t.known_on < cast(:as_of as date)
    union all
    select count(*) as row_count
    from landing.products as t
    where t.known_on < cast(:as_of as date)
    union all
    select count(*) as row_count
    from landing.branches as t
    where t.known_on < cast(:as_of as date)
    union all
    select count(*) as row_count
    from landing.managers as t
    where t.known_on < cast(:as_of as date)
    union all
    select count(*) as row_count
    from landing.manager_skills as t
    where t.known_on < cast(:as_of as date)
    union all
    select count(*) as row_count
    from landing.industries as t
    where t.known_on < cast(:as_of as date)
    union all
    select count(*) as row_count
    from landing.calendar as t
    where t.known_on < cast(:as_of as date)
) as n
