"""Customers: who they are, how large, how fast and how wild, who looks after them and whose daughters they are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from demo.calendar import Calendar
from demo.columns import Bools, Floats, Ints, as_dates, as_money, name_branches, name_customers, name_managers, pick
from demo.economy import INDUSTRIES, PERSONS
from demo.staff import HANDOVER_DAYS, STAYS, Staff

CITIES = (("East", "Linhai"), ("East", "Yunhe"), ("South", "Nanping"), ("North", "Beishan"), ("West", "Xichuan"))
SHARE_PERSON, SHARE_OUTSIDE, SHARE_LATE, SHARE_SCRAMBLER = 0.12, 0.08, 0.15, 0.35
SHARE_AWAY = 0.04  # does its daily business at another branch than it is registered with
BORROWS, BORROWS_WITH_SIZE = 0.5, 0.3  # share of borrowers at the mean size, and how it rises with log size
SIZE_MEAN, SIZE_SPREAD, PERSON_SIZE = 11.6, 1.7, 0.06  # of log CNY a month: a fifth of the customers has four fifths
PACES, PACE_SHARES = np.array([0.7, 1.0, 1.4]), (0.3, 0.4, 0.3)
WILDNESS, WILDNESS_SHARES = np.array([0.12, 0.22, 0.38]), (0.30, 0.45, 0.25)
CALM_WITH_SIZE = 0.10
GROUP_SIZE, SHARE_GROUPED = 8, 0.12  # daughters stand within the GROUP_SIZE customers around their parent


@dataclass(frozen=True)
class Customers:
    """One entry a customer in each array; `number` is its place in the bank, from 1.

    `first_month` is the first column of the panel with any business, 0 for those that were there before; `pace` and
    `wildness` are classes, indices of PACES and WILDNESS; `parent` is the number of the parent firm, 0 without one.
    """

    number: Ints
    is_person: Bools
    is_outside: Bools
    is_borrower: Bools
    is_scrambler: Bools  # under strain it chases new partners and buys ahead, where others shrink
    industry: Ints
    first_month: Ints
    joined: Ints  # day
    founded: Ints  # day
    city: Ints
    branch: Ints
    daily_branch: Ints
    manager: Ints
    parent: Ints
    base_amount: Floats  # expected turnover of a month when it came, season and tide apart
    pace: Ints
    wildness: Ints
    partners: Floats
    bookings: Floats  # receipts a month beyond the first, when it came
    return_habit: Floats  # some trades take back more than others, and mean nothing by it

    def __len__(self) -> int:
        return self.number.size


def draw_customers(rng: np.random.Generator, first: int, count: int, calendar: Calendar, staff: Staff) -> Customers:
    """Draw `count` customers and outside firms; the first has number `first`."""
    is_person = rng.random(count) < SHARE_PERSON
    is_outside = ~is_person & (rng.random(count) < SHARE_OUTSIDE)
    is_late = rng.random(count) < SHARE_LATE
    first_month = np.where(is_late, rng.integers(1, max(2, calendar.months - 1), count), 0)
    manager = rng.integers(0, staff.managers, count)
    base = np.exp(rng.normal(SIZE_MEAN, SIZE_SPREAD, count)) * np.where(is_person, PERSON_SIZE, 1.0)
    joined = np.where(is_late, calendar.first_day[first_month], calendar.first_day[0] - rng.integers(30, 4000, count))
    is_away = rng.random(count) < SHARE_AWAY
    return Customers(
        number=np.arange(first, first + count),
        is_person=is_person,
        is_outside=is_outside,
        is_borrower=~is_outside & (rng.random(count) < _share_borrowers(base)),
        is_scrambler=rng.random(count) < SHARE_SCRAMBLER,
        industry=np.where(is_person, PERSONS, rng.integers(0, len(INDUSTRIES), count)),
        first_month=first_month,
        joined=joined,
        founded=joined - rng.integers(200, 6000, count),
        city=rng.integers(0, len(CITIES), count),
        branch=staff.branch[manager],
        daily_branch=np.where(is_away, rng.integers(0, staff.branches, count), staff.branch[manager]),
        manager=manager,
        parent=_draw_parents(rng, first, count, is_person | is_outside),
        base_amount=base,
        pace=rng.choice(PACES.size, count, p=PACE_SHARES),
        wildness=_draw_wildness(rng, base),
        partners=np.maximum(2.0, rng.poisson(3 + 3.0 * (base / 2e5) ** 0.4)),
        bookings=np.minimum(1.2 * (base / 2e5) ** 0.55 * rng.lognormal(-0.12, 0.5, count), 120.0),
        return_habit=rng.lognormal(0, 0.5, count),
    )


def _draw_wildness(rng: np.random.Generator, base_amount: Floats) -> Ints:
    """Return the class of each customer: the larger its business, the calmer, as it has more partners to rest on."""
    chance = rng.random(base_amount.size) - CALM_WITH_SIZE * np.clip(np.log(base_amount) - SIZE_MEAN, -4.0, 4.0)
    return np.searchsorted(np.cumsum(WILDNESS_SHARES)[:-1], chance).astype(np.int64)


def _share_borrowers(base_amount: Floats) -> Floats:
    """Return the chance that a customer borrows: nearly all large firms do, few persons."""
    return np.clip(BORROWS + BORROWS_WITH_SIZE * (np.log(base_amount) - SIZE_MEAN), 0.1, 0.97)


def _draw_parents(rng: np.random.Generator, first: int, count: int, is_alone: Bools) -> Ints:
    """Give some firms a parent among the few before them, so that groups are trees of one to three levels."""
    place = np.arange(count)
    parent = place - rng.integers(1, GROUP_SIZE, count)
    has_one = (rng.random(count) < SHARE_GROUPED) & (parent >= 0) & ~is_alone & ~is_alone[np.maximum(parent, 0)]
    return np.where(has_one, first + parent, 0)


def tabulate_customers(rng: np.random.Generator, customers: Customers, calendar: Calendar, staff: Staff) -> pa.Table:
    """Lay out landing.customers: a row when the bank learnt of each, and one more when its manager left.

    A group is named by its parent's customer_id; an outside firm has no branch, no manager and no day of joining.
    """
    count = len(customers)
    employees = np.maximum(1, customers.base_amount / 4e4 * rng.lognormal(0, 0.5, count)).astype(np.int64)
    capital = np.rint(np.minimum(customers.base_amount * rng.lognormal(0.8, 0.8, count), 1e13)).astype(np.int64) * 100
    left = np.flatnonzero(_loses_manager(customers, calendar, staff))
    row = np.concatenate([np.arange(count), left])
    is_again = np.arange(row.size) >= count
    manager = np.where(is_again, staff.succeed(customers.manager[row]), customers.manager[row])
    handed_over = staff.leaves_on[customers.manager[row]] + HANDOVER_DAYS
    is_person, is_outside, parent = customers.is_person[row], customers.is_outside[row], customers.parent[row]
    return pa.table(
        {
            "customer_id": name_customers(customers.number[row]),
            "kind": pick(("company", "person"), is_person),
            "relation": pick(("customer", "outside"), is_outside),
            "name": _name(customers.number[row], is_person),
            "industry_code": pick([i.code for i in INDUSTRIES], customers.industry[row] % PERSONS, missing=is_person),
            "region": pick([region for region, _ in CITIES], customers.city[row]),
            "city": pick([name for _, name in CITIES], customers.city[row]),
            "branch_id": name_branches(customers.branch[row], missing=is_outside),
            "manager_id": name_managers(manager, missing=is_outside),
            "group_id": pa.compute.if_else(pa.array(parent > 0), name_customers(parent), pa.scalar(None, pa.string())),
            "founded_on": as_dates(customers.founded[row], missing=is_person),
            "joined_on": as_dates(customers.joined[row], missing=is_outside),
            "employees": pa.array(employees[row].astype(np.int32), mask=is_person),
            "capital": as_money(capital[row], missing=is_person),
            "known_on": as_dates(np.where(is_again, handed_over, customers.joined[row])),
        }
    )


def find_managers(customers: Customers, staff: Staff, row: Ints, day: Ints) -> Ints:
    """Return who looks after each customer on a day, the successor where the first has left since it joined."""
    manager = customers.manager[row]
    leaves_on = staff.leaves_on[manager]
    is_over = (leaves_on != STAYS) & (leaves_on + HANDOVER_DAYS <= day) & (leaves_on > customers.joined[row])
    return np.where(is_over, staff.succeed(manager), manager)


def _loses_manager(customers: Customers, calendar: Calendar, staff: Staff) -> Bools:
    leaves_on = staff.leaves_on[customers.manager]
    is_before_end = (leaves_on != STAYS) & (leaves_on + HANDOVER_DAYS < calendar.first_day[-1])
    return np.asarray(is_before_end & (leaves_on > customers.joined) & ~customers.is_outside)


def _name(number: Ints, is_person: Bools) -> pa.Array:
    digits = pa.compute.utf8_lpad(pa.array(number).cast(pa.string()), 7, "0")
    return pa.compute.binary_join_element_wise(pick(("Firm", "Person"), is_person), digits, pa.scalar(" "))
