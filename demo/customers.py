"""Customers: who they are, how large, how seasonal, and since when the bank knows them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from demo.calendar import Calendar

INDUSTRIES = ("C13", "C26", "C34", "C39", "E47", "F51", "F52", "G54", "H61", "I65", "L72", "A01")
SEASON_STRENGTH = (0.25, 0.08, 0.10, 0.22, 0.40, 0.12, 0.35, 0.15, 0.40, 0.05, 0.10, 0.55)
CITIES = (("East", "Linhai"), ("East", "Yunhe"), ("South", "Nanping"), ("North", "Beishan"), ("West", "Xichuan"))
BRANCHES = 12
MANAGERS = 60
SHARE_PERSON, SHARE_OUTSIDE, SHARE_LATE, SHARE_SCRAMBLER = 0.12, 0.15, 0.18, 0.40


@dataclass(frozen=True)
class Customers:
    """One entry a customer in each array; `first_month` is the first column of the panel with any business."""

    table: pa.Table
    is_person: NDArray[np.bool_]
    is_outside: NDArray[np.bool_]
    first_month: NDArray[np.int64]
    branch: NDArray[np.int64]
    monthly_cny: NDArray[np.float64]
    season: NDArray[np.float64]  # customers x calendar month, mean 1
    partners: NDArray[np.int64]
    is_scrambler: NDArray[np.bool_]  # under strain it chases new partners and buys ahead, where others shrink
    return_habit: NDArray[np.float64]  # some trades take back more than others, and mean nothing by it


def draw_customers(rng: np.random.Generator, count: int, calendar: Calendar) -> Customers:
    """Draw the bank's customers and the outside firms that it knows of."""
    is_person = rng.random(count) < SHARE_PERSON
    is_outside = ~is_person & (rng.random(count) < SHARE_OUTSIDE)
    is_late = rng.random(count) < SHARE_LATE
    first_month = np.where(is_late, rng.integers(1, max(2, calendar.months - 1), count), 0)
    industry = rng.integers(0, len(INDUSTRIES), count)
    branch = rng.integers(0, BRANCHES, count)
    monthly = np.exp(rng.normal(12.2, 1.35, count)) * np.where(is_person, 0.06, 1.0)
    table = _table(rng, calendar, is_person, is_outside, first_month, industry, branch, monthly)
    return Customers(
        table=table,
        is_person=is_person,
        is_outside=is_outside,
        first_month=first_month,
        branch=branch,
        monthly_cny=monthly,
        season=_draw_season(rng, industry, is_person),
        partners=np.maximum(2, rng.poisson(4 + 3.0 * (monthly / 2e5) ** 0.4)),
        is_scrambler=rng.random(count) < SHARE_SCRAMBLER,
        return_habit=rng.lognormal(0, 0.5, count),
    )


def _draw_season(
    rng: np.random.Generator, industry: NDArray[np.int64], is_person: NDArray[np.bool_]
) -> NDArray[np.float64]:
    strength = np.array(SEASON_STRENGTH)[industry] * rng.uniform(0.6, 1.6, industry.size)
    strength = np.minimum(np.where(is_person, 0.05, strength), 0.75)[:, None]
    peak = (industry * 5 % 12 + rng.normal(0, 0.7, industry.size))[:, None]
    wave = 1 + strength * np.cos(2 * np.pi * (np.arange(12)[None, :] - peak) / 12)
    wave[:, 1] *= 0.85  # the New Year's month is short in every trade
    return np.asarray(wave / wave.mean(axis=1, keepdims=True))


def _table(
    rng: np.random.Generator,
    calendar: Calendar,
    is_person: NDArray[np.bool_],
    is_outside: NDArray[np.bool_],
    first_month: NDArray[np.int64],
    industry: NDArray[np.int64],
    branch: NDArray[np.int64],
    monthly: NDArray[np.float64],
) -> pa.Table:
    """Lay out the landing columns; an outside firm has no branch, no manager and no day of joining."""
    count = is_person.size
    number = [f"{place:06d}" for place in range(1, count + 1)]
    joined = np.where(
        first_month > 0, calendar.first_day[first_month], calendar.first_day[0] - rng.integers(30, 4000, count)
    )
    founded = joined - rng.integers(200, 6000, count)
    city = rng.integers(0, len(CITIES), count)
    manager = branch * (MANAGERS // BRANCHES) + rng.integers(0, MANAGERS // BRANCHES, count)
    return pa.table(
        {
            "customer_id": pa.array([f"C{n}" for n in number]),
            "kind": pick(("company", "person"), is_person),
            "relation": pick(("customer", "outside"), is_outside),
            "name": pa.array([f"{'Person' if p else 'Firm'} {n}" for n, p in zip(number, is_person, strict=True)]),
            "industry_code": pick(INDUSTRIES, industry, missing=is_person),
            "region": pick([region for region, _ in CITIES], city),
            "city": pick([name for _, name in CITIES], city),
            "branch_id": pick([f"B{b:02d}" for b in range(1, BRANCHES + 1)], branch, missing=is_outside),
            "manager_id": pick([f"M{m:03d}" for m in range(1, MANAGERS + 1)], manager, missing=is_outside),
            "founded_on": as_dates(founded, missing=is_person),
            "joined_on": as_dates(joined, missing=is_outside),
            "employees": pa.array(
                np.maximum(1, monthly / 4e4 * rng.lognormal(0, 0.5, count)).astype(np.int32), mask=is_person
            ),
            "known_on": as_dates(joined),
        }
    )


def pick(
    values: tuple[str, ...] | list[str], codes: NDArray[np.generic], missing: NDArray[np.bool_] | None = None
) -> pa.Array:
    """Return `values[codes]` as an Arrow text column, null where missing."""
    return pa.array(list(values)).take(pa.array(codes.astype(np.int64), mask=missing))


def as_dates(days: NDArray[np.int64], missing: NDArray[np.bool_] | None = None) -> pa.Array:
    """Turn days since 1970-01-01 into an Arrow date column, null where missing."""
    return pa.array(days.astype(np.int32), mask=missing).cast(pa.date32())
