"""Marginals: what the landing tables say in sum stays within stated bounds, as a bank's would."""

from __future__ import annotations

import numpy as np
import pytest

from demo.bank import draw_bank, draw_batch
from tests.demo.bank_tables import HAPPENED, BankTables

CONTRIBUTION = """
    select customer_id, sum(interest_income + fee_income - interest_expense - operating_cost
        - risk_cost) as contribution
    from last_income_costs group by customer_id"""
DEPOSITS = """
    select customer_id, month, sum(average_balance)::double as average, sum(end_balance)::double as last
    from last_balances group by customer_id, month"""


def test_a_fifth_of_the_customers_makes_about_four_fifths_of_the_contribution(bank_tables: BankTables) -> None:
    ranked = f"select contribution, ntile(5) over (order by contribution desc) as fifth from ({CONTRIBUTION})"
    share = "sum(contribution) filter (fifth = 1) / sum(contribution) filter (contribution > 0)"
    assert 0.75 < bank_tables.number(f"select {share} from ({ranked})") < 0.92
    assert bank_tables.number(f"select sum(contribution) from ({CONTRIBUTION})") > 0
    assert 0.05 < bank_tables.number(f"select avg((contribution < 0)::int) from ({CONTRIBUTION})") < 0.25


def test_one_in_a_hundred_is_a_large_depositor_by_whom_the_bank_loses(bank_tables: BankTables) -> None:
    overpaid = """
        select distinct a.customer_id from accounts as a join products as p using (product_id)
        where a.rate_ratio > p.posted_rate_ratio + 0.01"""
    rows = f"({CONTRIBUTION}) as c semi join ({overpaid}) as o using (customer_id)"
    customers = bank_tables.number(f"select count(*) from ({CONTRIBUTION})")
    assert 0.005 < bank_tables.number(f"select count(*) from {rows}") / customers < 0.015
    assert bank_tables.number(f"select avg((contribution < 0)::int) from {rows}") > 0.95
    mean = f"select customer_id, avg(average) as kept from ({DEPOSITS}) group by customer_id"
    ninth = bank_tables.number(f"select quantile_cont(kept, 0.9) from ({mean})")
    large = f"select avg((kept > {ninth})::int) from ({mean}) as m semi join ({overpaid}) as o using (customer_id)"
    assert bank_tables.number(large) > 0.9
    others = f"select count(*) from holdings as h semi join ({overpaid}) as o using (customer_id)"
    assert bank_tables.number(others) == bank_tables.number(others.replace("holdings", "loans")) == 0


def test_companies_dress_their_balances_at_the_end_of_a_quarter(bank_tables: BankTables) -> None:
    companies = "(select customer_id from customers where kind = 'company')"
    firms = f"({DEPOSITS}) as d semi join {companies} as f using (customer_id)"
    quarter = "date_part('month', month) in (3, 6, 9, 12)"
    dressed, plain = bank_tables.ask(f"""
        select avg(last / average) filter ({quarter}), avg(last / average) filter (not {quarter})
        from {firms} where average > 0""")[0]
    assert 1.10 < dressed / plain < 1.20


def test_deposits_go_with_a_manager_and_turnover_stays() -> None:
    batch = draw_batch(draw_bank(5000, 36, seed=3), 0, 1, {})
    leaves = batch.staff.leaves_month[batch.customers.manager]
    chosen = np.flatnonzero((leaves > 6) & (leaves < 30) & (batch.customers.first_month < leaves - 6))
    totals = np.zeros(batch.flows.turnover_amount.shape)
    np.add.at(totals, batch.accounts.customer, batch.balances.average)
    change = {}
    for name, values in (("deposits", totals), ("turnover", batch.flows.turnover_amount)):
        before = np.array([values[row, leaves[row] - 4 : leaves[row]].mean() for row in chosen])
        after = np.array([values[row, leaves[row] + 2 : leaves[row] + 5].mean() for row in chosen])
        change[name] = (
            np.median((after / np.maximum(before, 1))[before > 0]),
            np.mean((after < 0.5 * before)[before > 0]),
        )
    assert change["deposits"][1] > change["turnover"][1] + 0.15
    assert 0.8 < change["turnover"][0] < 1.2


@pytest.mark.parametrize(
    ("name", "usual", "late"),
    [("balances", 6, 0.03), ("loan_months", 7, 0.04), ("income_costs", 12, 0.05), ("firm_reports", 150, 0.10)],
)
def test_most_rows_are_known_in_time_and_some_are_late(
    bank_tables: BankTables, name: str, usual: int, late: float
) -> None:
    delay = f"date_diff('day', {HAPPENED[name]}, known_on) > {usual}"
    assert 0.003 < bank_tables.number(f"select avg(({delay})::int) from {name}") < late


@pytest.mark.parametrize(
    ("name", "key", "least", "most"),
    [
        ("balances", "account_id, month", 0.002, 0.004),
        ("loan_months", "loan_id, month", 0.002, 0.004),
        ("income_costs", "customer_id, month", 0.003, 0.007),
        ("firm_reports", "customer_id, period_end", 0.008, 0.02),
    ],
)
def test_a_few_rows_are_corrected_later(
    bank_tables: BankTables, name: str, key: str, least: float, most: float
) -> None:
    again = f"1 - count(distinct ({key})) / count(*)"
    assert least < bank_tables.number(f"select {again} from {name}") < most


def test_reports_follow_the_state_with_a_lag(bank_tables: BankTables) -> None:
    margin = "r.operating_profit / r.revenue"
    rows = "firm_reports as r join customer_months as t on t.customer_id = r.customer_id and t.as_of = r.period_end + 1"
    by_state = dict(
        bank_tables.ask(f"""
        select t.hidden_state, median({margin}) from {rows} where r.revenue > 0 group by t.hidden_state""")
    )
    assert by_state["rising"] > by_state["steady"] > by_state["strained"] > by_state["failing"]


def test_large_firms_report_half_years_too(bank_tables: BankTables) -> None:
    half, assets = "bool_or(period_months = 6) as is_large", "max(assets) as assets"
    size = f"select customer_id, {half}, {assets} from firm_reports group by customer_id"
    large, small = bank_tables.ask(f"""
        select median(assets) filter (is_large), median(assets) filter (not is_large) from ({size})""")[0]
    assert large > 5 * small


def test_the_larger_and_the_longer_here_hold_more(bank_tables: BankTables) -> None:
    counted = """
        select c.customer_id, c.joined_on, c.kind, max(p.product_count) as products, max(p.deposit_balance) as kept
        from last_customers as c join crm_profiles as p using (customer_id) group by 1, 2, 3"""
    by_tenure = bank_tables.ask(f"""
        select avg(products) filter (joined_on < date '2018-01-01'),
            avg(products) filter (joined_on > date '2024-01-01')
        from ({counted})""")[0]
    assert by_tenure[0] > by_tenure[1] + 0.3
    by_size = bank_tables.ask(f"""
        select avg(products) filter (kept > 200000), avg(products) filter (kept < 20000) from ({counted})
        where kind = 'company'""")[0]
    assert by_size[0] > by_size[1] + 0.3


def test_profiles_have_gaps_by_manager_and_age(bank_tables: BankTables) -> None:
    assert bank_tables.number("select count(distinct field_group) from profile_fields") == 8
    by_manager = """
        select avg(is_filled::int) as filled from last_profile_fields join last_customers using (customer_id)
        group by manager_id"""
    least, most = bank_tables.ask(f"select quantile_cont(filled, 0.1), quantile_cont(filled, 0.9) from ({by_manager})")[
        0
    ]
    assert most > 1.4 * least
    old, new = bank_tables.ask("""
        select avg(is_filled::int) filter (joined_on < date '2024-01-01'),
            avg(is_filled::int) filter (joined_on > date '2026-05-01')
        from last_profile_fields join last_customers using (customer_id)""")[0]
    assert old > new + 0.1


def test_the_larger_are_met_more_often(bank_tables: BankTables) -> None:
    counted = """
        select p.kept, (select count(*) from contacts as c where c.customer_id = p.customer_id) as contacts
        from (select customer_id, max(deposit_balance) as kept from crm_profiles group by customer_id) as p"""
    large, small = bank_tables.ask(f"""
        select avg(contacts) filter (kept > 200000), avg(contacts) filter (kept < 20000) from ({counted})""")[0]
    assert large > 1.3 * small > 0
    by_contact = bank_tables.number("select count(*) / count(distinct customer_id) from contacts")
    assert 4 < by_contact < 10
