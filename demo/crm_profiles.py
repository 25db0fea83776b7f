"""CRM profiles: what the front CRM believes of each customer; it agrees with the core at the day it states."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from demo.calendar import Calendar
from demo.columns import Bools, Ints, as_dates, as_money, name_branches, name_customers, name_managers
from demo.contracts import Contracts
from demo.customers import Customers, find_managers
from demo.products import PRODUCTS
from demo.staff import Staff
from demo.telling import keep_known

MONTHS_BACK = (2, 8)  # of the month whose last day a snapshot is of, counted from the bank's end
SHARE_STALE = 0.08  # has no newer snapshot than the older


@dataclass(frozen=True)
class _Snapshot:
    """What the core had on a day, one entry a customer in each array; money in whole cents."""

    row: Ints
    day: Ints
    deposits: Ints
    owed: Ints
    products: Ints


def tabulate_crm_profiles(
    rng: np.random.Generator, customers: Customers, staff: Staff, contracts: Contracts, calendar: Calendar
) -> pa.Table:
    """Lay out landing.crm_profiles: at most two snapshots a customer, each of a month's last day."""
    all_of_it = _take_snapshots(rng, customers, contracts, calendar)
    known = all_of_it.day + rng.integers(1, 5, all_of_it.day.size)
    order = keep_known(known, int(calendar.first_day[-1]))
    shot = _Snapshot(**{name: values[order] for name, values in vars(all_of_it).items()})
    return pa.table(
        {
            "customer_id": name_customers(customers.number).take(pa.array(shot.row)),
            "branch_id": name_branches(customers.branch[shot.row]),
            "manager_id": name_managers(find_managers(customers, staff, shot.row, shot.day)),
            "deposit_balance": as_money(shot.deposits),
            "loan_balance": as_money(shot.owed),
            "product_count": pa.array(shot.products.astype(np.int32)),
            "updated_on": as_dates(shot.day),
            "known_on": as_dates(known[order]),
        }
    )


def _take_snapshots(
    rng: np.random.Generator, customers: Customers, contracts: Contracts, calendar: Calendar
) -> _Snapshot:
    """Take the newer snapshot of most customers and the older of all, of those who had come by then."""
    months = [calendar.months - back for back in MONTHS_BACK if calendar.months >= back] or [0]
    is_stale = rng.random(len(customers)) < SHARE_STALE
    shots = []
    for month in months:
        day = int(calendar.first_day[month + 1]) - 1
        is_here = ~customers.is_outside & (customers.joined <= day) & ~(is_stale & (month == months[0]))
        shots.append(_take_snapshot(np.flatnonzero(is_here), contracts, month, day, len(customers)))
    return _Snapshot(**{name: np.concatenate([vars(shot)[name] for shot in shots]) for name in vars(shots[0])})


def _take_snapshot(row: Ints, contracts: Contracts, month: int, day: int, count: int) -> _Snapshot:
    loans, known = contracts.loans, contracts.loan_months
    in_month = np.flatnonzero(known.month == month)
    owed, deposits = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64)
    np.add.at(owed, loans.customer[known.loan[in_month]], known.outstanding[in_month])
    np.add.at(deposits, contracts.accounts.customer, contracts.balances.end[:, month])
    products = _count_products(contracts, in_month, day, count)
    return _Snapshot(row, np.full(row.size, day), deposits[row], owed[row], products[row])


def _count_products(contracts: Contracts, in_month: Ints, day: int, count: int) -> Ints:
    """Count each customer's different products on a day: open accounts, loans with something owed, what is held."""
    accounts, loans, holdings = contracts.accounts, contracts.loans, contracts.holdings
    has: Bools = np.zeros((count, len(PRODUCTS)), dtype=bool)
    is_open = (accounts.opened <= day) & (accounts.closed > day)
    has[accounts.customer[is_open], accounts.product[is_open]] = True
    owing = contracts.loan_months.loan[in_month[contracts.loan_months.outstanding[in_month] > 0]]
    has[loans.customer[owing], loans.product[owing]] = True
    held = (holdings.bought <= day) & (holdings.matures > day)
    has[holdings.customer[held], holdings.product[held]] = True
    return np.asarray(has.sum(axis=1))
