"""Loan months: what is outstanding and overdue of each loan, its grade, and what is written off at the end."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from demo.calendar import Calendar
from demo.columns import Bools, Ints, as_dates, as_money, name_customers
from demo.customers import Customers
from demo.loans import Loans
from demo.products import TERMS, WORKING
from demo.states import GONE, Panel
from demo.telling import draw_known_months
from demo.troubles import Troubles

USED = np.array([0.70, 0.80, 0.92, 0.85, 0.80])  # of a working line, by state
USED_SPREAD = 0.06
LEFT_AT_MATURITY = 0.3  # of a loan that is paid back bit by bit
OVERDUE_AT_ONCE, DAYS_TO_ALL = 0.05, 180  # share of the outstanding, and days past due until all of it is
LOST = (0.02, 0.25)  # of the outstanding, where it is written off and the collateral has been sold
BAD_GRADE = 3
CLOSED_ON_DAY, WRONG_SHARE = 4, 0.003


@dataclass(frozen=True)
class LoanMonths:
    """One entry a loan and month, by loan: `loan` is the row of Loans; money in whole cents at the month's end."""

    loan: Ints
    month: Ints
    outstanding: Ints
    overdue: Ints
    written_off: Ints
    days_past_due: Ints
    grade: Ints


def draw_loan_months(
    rng: np.random.Generator, loans: Loans, customers: Customers, panel: Panel, troubles: Troubles
) -> LoanMonths:
    """Draw the months of each loan, up to the one in which its customer goes: then it is paid back or written off.

    Arrears are those of the customer's first line, the grade is the customer's.
    """
    months = np.arange(panel.state.shape[1])[None, :]
    went = _find_going(panel)[loans.customer][:, None]
    is_there = (months >= loans.first[:, None]) & (months < loans.last[:, None]) & (months <= went)
    loan, month = np.nonzero(is_there & (months >= customers.first_month[loans.customer][:, None]))
    customer = loans.customer[loan]
    outstanding = _draw_outstanding(rng, loans, loan, month, panel.state[customer, month])
    days = np.where(loans.line[loan] == 0, troubles.arrears_days[customer, month], 0).astype(np.int64)
    goes = month == went[loan, 0]
    is_lost = goes & _is_bad(troubles)[customer, month]
    lost = np.rint(outstanding * rng.uniform(*LOST, loan.size) * is_lost).astype(np.int64)
    due = np.where(days > 0, np.minimum(OVERDUE_AT_ONCE + days / DAYS_TO_ALL, 1.0), 0.0)
    return LoanMonths(
        loan=loan,
        month=month,
        outstanding=np.where(goes, 0, outstanding),
        overdue=np.where(goes, 0, np.rint(outstanding * due).astype(np.int64)),
        written_off=lost,
        days_past_due=days,
        grade=troubles.grade[customer, month].astype(np.int64),
    )


def _find_going(panel: Panel) -> Ints:
    """Return the month in which each customer goes, one past the last where it stays."""
    is_gone = panel.state == GONE
    return np.where(is_gone.any(axis=1), is_gone.argmax(axis=1), is_gone.shape[1])


def _is_bad(troubles: Troubles) -> Bools:
    """Say of each customer and month whether a default, an insolvency or a bad grade has come by then."""
    bad = troubles.is_default | troubles.is_insolvency | (troubles.grade >= BAD_GRADE)
    return np.asarray(np.logical_or.accumulate(bad, axis=1))


def _draw_outstanding(rng: np.random.Generator, loans: Loans, loan: Ints, month: Ints, state: np.ndarray) -> Ints:
    """Use a line more or less, pay back the other loans in equal parts."""
    product = loans.product[loan]
    gone_by = (month - loans.first[loan]) / TERMS[product]
    used = np.minimum(USED[state] + USED_SPREAD * rng.standard_normal(loan.size), 1.0)
    left = np.where(product == WORKING, used, 1 - (1 - LEFT_AT_MATURITY) * gone_by)
    return np.asarray(np.rint(loans.principal[loan] * left).astype(np.int64))


def tabulate_loan_months(
    rng: np.random.Generator, known: LoanMonths, loans: Loans, customers: Customers, calendar: Calendar
) -> pa.Table:
    """Lay out landing.loan_months: a row a loan and month; a few state too little outstanding at first."""
    told = draw_known_months(rng, known.month, calendar, CLOSED_ON_DAY, WRONG_SHARE)
    row = told.row
    loan = known.loan[row]
    outstanding = known.outstanding[row]
    return pa.table(
        {
            "loan_id": loans.name(customers).take(pa.array(loan)),
            "customer_id": name_customers(customers.number).take(pa.array(loans.customer[loan])),
            "month": as_dates(calendar.first_day[known.month[row]]),
            "outstanding_amount": as_money(
                np.where(told.is_wrong, np.maximum(outstanding * 9 // 10, known.overdue[row]), outstanding)
            ),
            "overdue_amount": as_money(known.overdue[row]),
            "written_off_amount": as_money(known.written_off[row]),
            "days_past_due": pa.array(known.days_past_due[row].astype(np.int32)),
            "class5": pa.array(known.grade[row].astype(np.int32)),
            "known_on": as_dates(told.known),
        }
    )
