"""Troubles: arrears, grades, defaults and insolvencies that befall customers month by month, by their hidden states."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from demo.columns import Bools
from demo.customers import Customers
from demo.states import FAILING, GONE, Panel

# Chances a month, by state: steady, rising, strained, failing, gone.
ARREARS = np.array([0.008, 0.006, 0.330, 0.330, 0.0])  # of a borrower
DEFAULT = np.array([0.0003, 0.0003, 0.001, 0.030, 0.0])
UPGRADE = np.array([0.15, 0.20, 0.0, 0.0, 0.0])  # of a borrower graded below 1
DOWNGRADE = np.array(  # of a borrower, by grade: 1 to 2, 2 to 3, 3 to 4, 4 to 5
    [
        [0.002, 0.002, 0.030, 0.120, 0.0],
        [0.0, 0.0, 0.000, 0.150, 0.0],
        [0.0, 0.0, 0.000, 0.200, 0.0],
        [0.0, 0.0, 0.000, 0.200, 0.0],
        [0.0, 0.0, 0.000, 0.000, 0.0],
    ]
)
INSOLVENCY = 0.5  # of whom goes, in the month of going
SHORT_ARREARS, LONG_ARREARS = (1, 31), (10, 75)  # days past due, half-open: under strain, and when failing
BAD_ARREARS = 30  # days past due from which arrears are distress
UNGRADED = 0


@dataclass(frozen=True)
class Troubles:
    """What befell whom, customers x months: days past due (0 = none), grade 1 to 5 (UNGRADED without a loan), news."""

    arrears_days: NDArray[np.int16]
    grade: NDArray[np.int8]
    is_default: Bools
    is_insolvency: Bools


def draw_troubles(rng: np.random.Generator, customers: Customers, panel: Panel) -> Troubles:
    """Draw every customer's troubles; without a loan there are no arrears and no grade, and a default comes once."""
    state = panel.state
    is_here = np.arange(state.shape[1]) >= customers.first_month[:, None]
    owes = customers.is_borrower[:, None] & is_here
    is_late = owes & (rng.random(state.shape) < ARREARS[state])
    short, long = (rng.integers(*bounds, state.shape) for bounds in (SHORT_ARREARS, LONG_ARREARS))
    days = np.where(is_late, np.where(state == FAILING, long, short), 0)
    is_default = is_here & (rng.random(state.shape) < DEFAULT[state])
    goes = (state == GONE) & (panel.lagged(1) != GONE)
    return Troubles(
        arrears_days=days.astype(np.int16),
        grade=_draw_grades(rng, state, owes),
        is_default=is_default & (np.cumsum(is_default, axis=1) == 1),
        is_insolvency=goes & is_here & (rng.random(state.shape) < INSOLVENCY),
    )


def _draw_grades(rng: np.random.Generator, state: NDArray[np.int8], owes: Bools) -> NDArray[np.int8]:
    grade = np.ones(state.shape[0], dtype=np.int8)
    grades = []
    for month in range(state.shape[1]):
        chance, now = rng.random(grade.size), state[:, month]
        falls = owes[:, month] & (chance < DOWNGRADE[grade - 1, now])
        rises = owes[:, month] & (grade > 1) & (chance < UPGRADE[now])
        grade = np.where(falls, grade + 1, np.where(rises, 1, grade)).astype(np.int8)
        grades.append(np.where(owes[:, month], grade, UNGRADED).astype(np.int8))
    return np.stack(grades, axis=1)


def share_bad_arrears() -> NDArray[np.float64]:
    """Return the chance a month, by state, that a borrower falls BAD_ARREARS days or more behind."""
    short, long = ((most - max(BAD_ARREARS, least)) / (most - least) for least, most in (SHORT_ARREARS, LONG_ARREARS))
    shares = np.full(ARREARS.size, short)
    shares[FAILING] = long
    return np.asarray(ARREARS * shares)


def chance_of_trouble() -> NDArray[np.float64]:
    """Return the chance a month of what counts as distress, by exposure (no loan, grade 1, grade 2) and state.

    A first fall of the grade counts; what a grade does after it within the same half year no longer matters.
    """
    none = 1 - DEFAULT
    owing = none * (1 - share_bad_arrears())
    return np.stack([1 - none, 1 - owing * (1 - DOWNGRADE[0]), 1 - owing * (1 - DOWNGRADE[1])])


def find_exposure(troubles: Troubles) -> NDArray[np.int64]:
    """Return which line of chance_of_trouble a customer is on in each month: 0 no loan, 1 grade 1, 2 a worse grade."""
    return np.minimum(troubles.grade, 2).astype(np.int64)
