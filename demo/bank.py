"""The demo bank: draws it and writes it as Parquet, one file a landing table, as a bank's own export might look."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from demo.calendar import make_calendar
from demo.customers import draw_customers
from demo.events import draw_events
from demo.flows import draw_flows
from demo.states import draw_states
from demo.transactions import draw_transactions

END = date(2026, 11, 1)


def write_bank(to: Path, customers: int = 2000, months: int = 36, seed: int = 7, end: date = END) -> dict[str, int]:
    """Write customers, transactions and events into folder `to`; return rows a table. The same seed, the same bytes."""
    to.mkdir(parents=True, exist_ok=True)
    rows = {}
    for name, table in draw_bank(customers, months, seed, end):
        pq.write_table(table, to / f"{name}.parquet", compression="zstd")
        rows[name] = table.num_rows
    return rows


def draw_bank(customers: int, months: int, seed: int, end: date = END) -> Iterator[tuple[str, pa.Table]]:
    """Yield each landing table by name; every part has a random stream of its own, so one may change alone."""
    people, moods, money, bookings, news = (np.random.default_rng(s) for s in np.random.SeedSequence(seed).spawn(5))
    calendar = make_calendar(months, end)
    known = draw_customers(people, customers, calendar)
    states = draw_states(moods, customers, months)
    yield "customers", known.table
    yield "transactions", draw_transactions(bookings, known, draw_flows(money, known, states, calendar), calendar)
    yield "events", draw_events(news, known, states, calendar)
