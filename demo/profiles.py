"""Profile fields: what the bank has asked its customers about, in eight groups, with the gaps its managers leave."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from demo.calendar import Calendar
from demo.columns import Ints, as_dates, name_customers, pick
from demo.customers import Customers
from demo.staff import Staff
from demo.telling import keep_known

FIELDS = (  # group, field, how often it is filled where the manager is diligent
    ("family", "marital_status", 0.70),
    ("family", "birthday", 0.85),
    ("supplementary", "contact_phone", 0.97),
    ("supplementary", "marketing_consent", 0.80),
    ("hobbies", "main_hobby", 0.45),
    ("product_preference", "yield_type", 0.60),
    ("product_preference", "term", 0.55),
    ("career", "career", 0.55),
    ("relatives", "relatives", 0.40),
    ("business_scale", "premises", 0.65),
    ("business_scale", "staff_count", 0.75),
    ("potential_needs", "next_need", 0.50),
)
LAZIEST = 0.35  # diligence of managers: uniform from here to 1
MONTHS_TO_KNOW = 8.0  # after this long with the bank two thirds of what will be asked has been
SHARE_UPDATED, KNOWN_WITHIN = 0.15, 4
OLDEST = 1500  # days before the end that an update can lie


def tabulate_profile_fields(
    rng: np.random.Generator, managers: np.random.Generator, customers: Customers, staff: Staff, calendar: Calendar
) -> pa.Table:
    """Lay out landing.profile_fields: a row a customer and field when first asked, and one more where a gap is filled.

    `managers` is a stream that all batches share: it draws how diligent each manager is.
    """
    diligence = managers.uniform(LAZIEST, 1.0, staff.managers)[customers.manager]
    end = int(calendar.first_day[-1])
    here = np.flatnonzero(~customers.is_outside)
    asked = _draw_day(rng, customers.joined[here], end)
    tenure = (end - customers.joined[here]) / 30.4
    chance = diligence[here] * (1 - np.exp(-(1 + tenure) / MONTHS_TO_KNOW))
    is_filled = rng.random((here.size, len(FIELDS))) < chance[:, None] * np.array([share for _, _, share in FIELDS])
    customer, field = np.divmod(np.arange(is_filled.size), len(FIELDS))
    first = asked[customer]
    again = np.flatnonzero(rng.random(is_filled.size) < SHARE_UPDATED * diligence[here][customer])
    day = np.concatenate([first, _draw_day(rng, first[again] + KNOWN_WITHIN, end)])
    known = day + rng.integers(0, KNOWN_WITHIN, day.size)
    row = np.concatenate([np.arange(is_filled.size), again])
    filled = np.concatenate([is_filled.ravel(), np.ones(again.size, dtype=bool)])
    order = keep_known(known, end)
    row = row[order]
    return pa.table(
        {
            "customer_id": name_customers(customers.number).take(pa.array(here[customer[row]])),
            "field_group": pick([group for group, _, _ in FIELDS], field[row]),
            "field": pick([name for _, name, _ in FIELDS], field[row]),
            "is_filled": pa.array(filled[order]),
            "updated_on": as_dates(day[order]),
            "known_on": as_dates(known[order]),
        }
    )


def _draw_day(rng: np.random.Generator, since: Ints, end: int) -> Ints:
    """Draw a day between `since` and the end, of the last OLDEST days."""
    start = np.maximum(since, end - OLDEST)
    return np.asarray(start + (rng.random(since.size) * np.maximum(end - start, 1)).astype(np.int64))
