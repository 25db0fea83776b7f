"""The blacklist: who has failed to pay or was caught at worse, listed some weeks after the bank learnt of it."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from demo.calendar import Calendar
from demo.columns import Ints, as_dates, name_customers, number, pick
from demo.customers import Customers
from demo.telling import keep_known
from demo.troubles import Troubles

SHARE_LISTED, SHARE_CAUGHT = 0.35, 0.004  # of who defaulted or went insolvent; of all, for what no event tells
LISTED_AFTER = (5, 60)  # days after the month in which it was known
SHARE_LIFTED, LIFTED_AFTER = 0.25, (90, 540)  # days
TOLD_WITHIN = 5  # days, less than
SOURCES = ("credit_register", "court", "own")
REASONS = ("default", "insolvency", "false_papers", "tax_evasion")
DEFAULT, INSOLVENCY, FALSE_PAPERS = range(3)


def tabulate_blacklist(
    rng: np.random.Generator, customers: Customers, troubles: Troubles, calendar: Calendar
) -> pa.Table:
    """Lay out landing.blacklist: a row an entry, and one more of it when it is lifted.

    It hangs on defaults and insolvencies that the bank knew by then and on luck, never on a hidden state.
    """
    customer, reason, listed = _draw_entries(rng, customers, troubles, calendar)
    source = rng.integers(0, len(SOURCES), customer.size)
    is_lifted = rng.random(customer.size) < SHARE_LIFTED
    lifted = listed + rng.integers(*LIFTED_AFTER, customer.size)
    entry = np.concatenate([np.arange(customer.size), np.flatnonzero(is_lifted)])
    is_lifting = np.arange(entry.size) >= customer.size
    happened = np.where(is_lifting, lifted[entry], listed[entry])
    known = happened + rng.integers(0, TOLD_WITHIN, entry.size)
    order = keep_known(known, int(calendar.first_day[-1]))
    row = entry[order]
    return pa.table(
        {
            "entry_id": number("X", customers.number[customer[row]] * 10 + reason[row], 8),
            "customer_id": name_customers(customers.number[customer[row]]),
            "listed_on": as_dates(listed[row]),
            "lifted_on": as_dates(lifted[row], missing=~is_lifting[order]),
            "list_source": pick(SOURCES, source[row]),
            "reason": pick(REASONS, reason[row]),
            "known_on": as_dates(known[order]),
        }
    )


def _draw_entries(
    rng: np.random.Generator, customers: Customers, troubles: Troubles, calendar: Calendar
) -> tuple[Ints, Ints, Ints]:
    """Return customer, reason and day of listing; of each reason a customer has one entry at most."""
    found = [np.nonzero(one) for one in (troubles.is_default, troubles.is_insolvency)]
    caught = np.flatnonzero(rng.random(len(customers)) < SHARE_CAUGHT)
    when = rng.integers(0, calendar.months, caught.size)
    customer = np.concatenate([found[0][0], found[1][0], caught])
    month = np.concatenate([found[0][1], found[1][1], when])
    reason = np.repeat([DEFAULT, INSOLVENCY, FALSE_PAPERS], [found[0][0].size, found[1][0].size, caught.size])
    reason = reason + (reason == FALSE_PAPERS) * rng.integers(0, 2, customer.size)
    listed = calendar.first_day[month + 1] + rng.integers(*LISTED_AFTER, customer.size)
    is_kept = (reason >= FALSE_PAPERS) | (rng.random(customer.size) < SHARE_LISTED)
    is_kept &= listed > customers.joined[customer]
    return customer[is_kept], reason[is_kept], listed[is_kept]
