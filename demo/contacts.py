"""Contacts: visits, calls, messages and events by customer managers, more of them the larger the customer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from demo.accounts import name_contracts
from demo.calendar import Calendar
from demo.columns import Ints, as_dates, name_branches, name_customers, name_managers, pick
from demo.customers import Customers, find_managers
from demo.staff import HANDOVER_DAYS, MANAGERS_PER_BRANCH, STAYS, Staff
from demo.telling import keep_known

BASE, BY_SIZE, SMALL_CNY = 0.08, 0.12, 2e4  # mean number a month
CHANNELS = ("visit", "call", "message", "event")
CHANNEL_SHARES = np.array([[0.10, 0.36, 0.51, 0.03], [0.30, 0.34, 0.30, 0.06]])  # of the smaller, of the larger
LARGE_CNY = 2e5  # turnover a month
SHARE_COLLEAGUE = 0.15  # made by another manager of the branch
WRITTEN_WITHIN = 4  # days, less than: between a contact and its entry


@dataclass(frozen=True)
class Contacts:
    """One entry a contact, by customer and day; `customer` is the row of Customers, `place` counts its contacts."""

    customer: Ints
    place: Ints
    day: Ints
    manager: Ints
    channel: Ints


def tabulate_contacts(
    rng: np.random.Generator, customers: Customers, staff: Staff, last_day: Ints, calendar: Calendar
) -> pa.Table:
    """Lay out landing.contacts: all are made at the customer's branch, so never at two on one day."""
    contacts = _draw_contacts(rng, customers, staff, last_day, calendar)
    known = contacts.day + rng.integers(0, WRITTEN_WITHIN, contacts.day.size)
    order = keep_known(known, int(calendar.first_day[-1]))
    customer = contacts.customer[order]
    return pa.table(
        {
            "contact_id": name_contracts("K", customers.number[customer], contacts.place[order]),
            "customer_id": name_customers(customers.number).take(pa.array(customer)),
            "contacted_on": as_dates(contacts.day[order]),
            "manager_id": name_managers(contacts.manager[order]),
            "branch_id": name_branches(customers.branch[customer]),
            "channel": pick(CHANNELS, contacts.channel[order]),
            "known_on": as_dates(known[order]),
        }
    )


def _draw_contacts(
    rng: np.random.Generator, customers: Customers, staff: Staff, last_day: Ints, calendar: Calendar
) -> Contacts:
    """Draw them on working days, from the customer's coming to the day on which its last account is closed."""
    first = np.maximum(customers.joined, calendar.first_day[0])
    days = np.maximum(np.minimum(last_day, calendar.first_day[-1]) - first, 0)
    size = np.maximum(np.log(customers.base_amount / SMALL_CNY), 0.0)
    mean = np.where(customers.is_outside, 0.0, (BASE + BY_SIZE * size) * days / 30)
    customer = np.repeat(np.arange(len(customers)), rng.poisson(mean))
    drawn = first[customer] + (rng.random(customer.size) * days[customer]).astype(np.int64)
    day = np.busday_offset(drawn.astype("datetime64[D]"), 0, roll="forward").astype(np.int64)
    day = day[np.lexsort((day, customer))]
    starts = np.flatnonzero(np.diff(customer, prepend=-1))
    place = np.arange(customer.size) - np.repeat(starts, np.diff(starts, append=customer.size)) + 1
    manager = _choose_managers(rng, customers, staff, customer, day)
    return Contacts(customer, place, day, manager, _choose_channels(rng, customers, customer))


def _choose_managers(rng: np.random.Generator, customers: Customers, staff: Staff, customer: Ints, day: Ints) -> Ints:
    """Return who made each contact: mostly who looks after the customer, on the day he leaves already the successor."""
    own = find_managers(customers, staff, customer, day + HANDOVER_DAYS)
    first = own - own % MANAGERS_PER_BRANCH
    colleague = first + (own + rng.integers(1, MANAGERS_PER_BRANCH, own.size)) % MANAGERS_PER_BRANCH
    who = np.where(rng.random(own.size) < SHARE_COLLEAGUE, colleague, own)
    for _ in range(MANAGERS_PER_BRANCH):  # who has left as well is stood in for by the next
        leaves_on = staff.leaves_on[who]
        who = np.where((leaves_on != STAYS) & (leaves_on <= day), staff.succeed(who), who)
    return who


def _choose_channels(rng: np.random.Generator, customers: Customers, customer: Ints) -> Ints:
    is_large = (customers.base_amount[customer] >= LARGE_CNY).astype(np.int64)
    edges = np.cumsum(CHANNEL_SHARES, axis=1)[:, :-1]
    return np.asarray((rng.random(customer.size)[:, None] >= edges[is_large]).sum(axis=1))
