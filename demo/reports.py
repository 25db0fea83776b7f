"""Firm reports: what companies publish of their year, weeks or months later, and what of it they must restate."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from demo.calendar import Calendar
from demo.columns import Floats, Ints, as_dates, as_money, name_customers
from demo.customers import Customers
from demo.flows import Flows
from demo.loans import find_month
from demo.states import FAILING, GONE, Panel
from demo.telling import correct

Periods = tuple[Ints, Ints, Ints]  # firm, month after the period, its length
YEAR, HALF = 12, 6  # months in a report
LARGE_CNY = 1e6  # turnover a month from which half years are reported too
BANKS_HERE = (0.3, 1.0)  # share of its turnover that a firm passes through this bank
MARGIN = np.array([0.08, 0.11, 0.02, -0.08, -0.20])  # operating profit over revenue, by state
EQUITY = np.array([0.45, 0.45, 0.36, 0.16, 0.02])  # over assets
HABIT_MARGIN, HABIT_EQUITY, LUCK, REVENUE_LUCK = 0.04, 0.12, 0.02, 0.05
TAXED, INTEREST = 0.75, 0.005  # of profit, and of revenue
YEARS_OF_REVENUE = (0.1, 0.45)  # assets over revenue: mean and spread on a log scale
PUBLISHED = {YEAR: (45, 150), HALF: (25, 75)}  # days after the period
LATE_WHEN_FAILING = (20, 90)
RESTATED_SHARE, RESTATED = 0.015, (0.80, 0.97)
OLDEST = 400  # days before it joined that a firm's first report may end


@dataclass(frozen=True)
class Reports:
    """One entry a report: the row of Customers, the month after the period, its length, and whole cents."""

    customer: Ints
    after: Ints
    length: Ints
    published: Ints
    revenue: Ints
    operating_profit: Ints
    net_income: Ints
    assets: Ints
    equity: Ints


def draw_reports(
    rng: np.random.Generator, customers: Customers, panel: Panel, flows: Flows, calendar: Calendar
) -> Reports:
    """Draw the reports of all companies, outside firms too; who has gone by the period's end reports no more."""
    periods = _list_periods(customers, panel, calendar)
    customer, _, length = periods
    published = _draw_publishing(rng, customers, panel, calendar, periods)
    habits = [rng.standard_normal(len(customers))[customer] for _ in range(3)]
    share = rng.uniform(*BANKS_HERE, len(customers))[customer]
    turnover = _average(flows.turnover_amount, customers, periods, customers.base_amount[customer])
    revenue = length * turnover / share * np.exp(REVENUE_LUCK * rng.standard_normal(length.size))
    margin = _average(MARGIN[panel.lagged(2)], customers, periods, np.full(length.size, MARGIN[0]))
    profit = revenue * (margin + HABIT_MARGIN * habits[0] + LUCK * rng.standard_normal(length.size))
    mean, spread = YEARS_OF_REVENUE
    assets = np.maximum(12 / length * revenue * np.exp(mean + spread * habits[1]), 1000.0)
    owned = _average(EQUITY[panel.lagged(2)], customers, periods, np.full(length.size, EQUITY[0]))
    return Reports(
        *periods,
        published=published,
        revenue=_cents(revenue),
        operating_profit=_cents(profit),
        net_income=_cents(np.where(profit > 0, TAXED * profit, profit) - INTEREST * revenue),
        assets=_cents(assets),
        equity=_cents(assets * np.clip(owned + HABIT_EQUITY * habits[2], -0.3, 0.9)),
    )


def _draw_publishing(
    rng: np.random.Generator, customers: Customers, panel: Panel, calendar: Calendar, periods: Periods
) -> Ints:
    """Return the day on which the bank gets each report: the failing are late, and nobody reports before it came."""
    customer, after, length = periods
    year, half, late = (
        rng.integers(*days, length.size) for days in (PUBLISHED[YEAR], PUBLISHED[HALF], LATE_WHEN_FAILING)
    )
    is_failing = panel.state[customer, np.maximum(after - 1, 0)] == FAILING
    delay = np.where(length == YEAR, year, half) + np.where(is_failing, late, 0)
    return np.maximum(find_month(calendar, after) + delay, customers.joined[customer])


def _list_periods(customers: Customers, panel: Panel, calendar: Calendar) -> Periods:
    """Return firm, month after the period and its length: each December, for the large each June too."""
    january = int(-calendar.month_of_year[0]) % 12
    years = np.arange(january - (12 if january else 0), calendar.months + 1, 12)  # the first one ends before the bank
    halves = np.arange(years[0] - 6, calendar.months + 1, 12)
    ends = np.concatenate([years, halves[halves >= 0]])
    length = np.repeat([YEAR, HALF], [years.size, ends.size - years.size])
    is_large = customers.base_amount >= LARGE_CNY
    reports = ~customers.is_person[:, None] & ((length == YEAR) | is_large[:, None])
    reports &= find_month(calendar, ends) > customers.joined[:, None] - OLDEST
    reports &= (ends <= 0) | (panel.state[:, np.maximum(ends - 1, 0)] != GONE)
    customer, place = np.nonzero(reports)
    return customer, ends[place], length[place]


def _average(values: Floats, customers: Customers, periods: Periods, otherwise: Floats) -> Floats:
    """Return the mean over the months of each period that the panel has of the firm, `otherwise` where it has none."""
    customer, after, length = periods
    summed = np.concatenate([np.zeros((len(customers), 1)), np.cumsum(values, axis=1)], axis=1)
    first = np.maximum(after - length, customers.first_month[customer])
    last = np.maximum(after, first)
    count = last - first
    mean = (summed[customer, last] - summed[customer, first]) / np.maximum(count, 1)
    return np.where(count > 0, mean, otherwise)


def _cents(cny: Floats) -> Ints:
    return np.asarray(np.rint(100 * np.clip(cny, -1e13, 1e13)).astype(np.int64))


def tabulate_reports(rng: np.random.Generator, reports: Reports, customers: Customers, calendar: Calendar) -> pa.Table:
    """Lay out landing.firm_reports: a row a report, and one more where it is restated, which then says less."""
    told = correct(rng, reports.published, int(calendar.first_day[-1]), RESTATED_SHARE)
    row = told.row
    boast = np.where(told.is_wrong, 1 / rng.uniform(*RESTATED, row.size), 1.0)
    extra = _extra(reports.revenue[row], boast)
    assets, equity = reports.assets[row] + extra, reports.equity[row] + extra
    return pa.table(
        {
            "customer_id": name_customers(customers.number).take(pa.array(reports.customer[row])),
            "period_end": as_dates(find_month(calendar, reports.after[row]) - 1),
            "period_months": pa.array(reports.length[row].astype(np.int32)),
            "revenue": as_money(reports.revenue[row] + extra),
            "operating_profit": as_money(reports.operating_profit[row] + extra),
            "net_income": as_money(reports.net_income[row] + extra),
            "assets": as_money(assets),
            "liabilities": as_money(assets - equity),
            "equity": as_money(equity),
            "known_on": as_dates(told.known),
        }
    )


def _extra(revenue: Ints, boast: Floats) -> Ints:
    """Return the cents by which a report that is restated later said too much: sales that never were."""
    return np.asarray(np.rint(revenue * (boast - 1)).astype(np.int64))
