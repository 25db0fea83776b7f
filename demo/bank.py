"""The simulated bank: drawn batch by batch and written as Parquet, one file a landing table, as an export might look.

The truth of it goes to the folder truth/ below, which no source reads.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

import numpy as np
import pyarrow as pa

from demo.batch import TABLES, Batch, open_stream
from demo.calendar import Calendar, make_calendar
from demo.customers import draw_customers
from demo.economy import Economy, draw_economy
from demo.files import clear_files, write_files
from demo.flows import draw_flows
from demo.ledger import sum_write_offs, tabulate_ledger
from demo.planting import MANIFEST, Planter, choose_kinds
from demo.products import tabulate_products
from demo.registers import tabulate_branches, tabulate_calendar, tabulate_industries, tabulate_managers
from demo.skills import tabulate_skills
from demo.staff import Staff, draw_staff
from demo.states import draw_states
from demo.troubles import draw_troubles
from demo.truth import Futures, draw_futures, tabulate_truth, write_truth

END = date(2026, 11, 1)
BURN_IN = 24
BATCH = 5_000
THREADS = 2  # numpy lets go of the interpreter's lock while it computes
LEDGER = "ledger_write_offs"  # of all batches, so it comes after them
TRUTH = "truth/customer_months"
# Keys of streams: NumPy takes (seed, 0) for seed, so without them the first batch would draw what the bank draws.
_BANK, _BATCH = 1, 2


@dataclass(frozen=True)
class Bank:
    """What all customers share: the months, the industries and the staff; each has a random stream of its own."""

    customers: int
    seed: int
    calendar: Calendar
    economy: Economy
    staff: Staff
    ahead: np.random.SeedSequence

    @cached_property
    def futures(self) -> tuple[Futures, ...]:
        """The futures that the truth is read from: slow to draw, so not before they are asked for."""
        streams = [np.random.default_rng(stream) for stream in self.ahead.spawn(self.calendar.months)]
        with ThreadPoolExecutor(THREADS) as pool:
            return tuple(pool.map(self._draw_futures, streams, range(len(streams))))

    def _draw_futures(self, stream: np.random.Generator, month: int) -> Futures:
        return draw_futures(stream, self.economy, month, self.calendar)


def _draw_managers(bank: Bank) -> pa.Table:
    return tabulate_managers(open_stream(bank.seed, "managers"), bank.staff, bank.calendar)


REGISTERS: Mapping[str, Callable[[Bank], pa.Table]] = {
    "products": lambda bank: tabulate_products(bank.calendar),
    "branches": lambda bank: tabulate_branches(bank.staff, bank.calendar),
    "managers": _draw_managers,
    "manager_skills": lambda bank: tabulate_skills(
        open_stream(bank.seed, "manager_skills"), _draw_managers(bank), bank.calendar
    ),
    "industries": lambda bank: tabulate_industries(bank.calendar),
    "calendar": lambda bank: tabulate_calendar(bank.calendar),
}


def write_bank(
    to: Path,
    customers: int = 20_000,
    months: int = 36,
    seed: int = 7,
    end: date = END,
    tables: Collection[str] | None = None,
    defects: Collection[str] = (),
    defect_scale: float = 1.0,
    customers_seed: int | None = None,
) -> dict[str, int]:
    """Write the landing tables named in `tables` (all, where None) and the truth into folder `to`; return rows a table.

    The same seed gives the same bytes, whichever other tables are written. Defects of the kinds named are planted, and
    truth/defects says where; `defect_scale` makes them more or fewer. With a `customers_seed` of their own, other
    customers live in the same economy.
    """
    names, kinds = choose_tables(tables), choose_kinds(defects)
    bank = draw_bank(customers, months, seed, end, customers_seed)
    pieces = draw_tables(bank, names)
    if kinds:
        pieces = Planter(kinds, seed, bank.calendar, defect_scale).plant(pieces)
    clear_files(to, (*REGISTERS, *TABLES, LEDGER, TRUTH, MANIFEST))
    return write_files(to, pieces)


def choose_tables(tables: Collection[str] | None) -> tuple[str, ...]:
    """Return the tables to be written, in their fixed order; a stranger is refused."""
    known = (*REGISTERS, *TABLES, LEDGER)
    unknown = sorted(set(tables or ()) - set(known))
    if unknown:
        raise ValueError(f"the bank has no tables {unknown}; expected of {list(known)}.")
    return tuple(name for name in known if tables is None or name in tables)


def draw_bank(customers: int, months: int, seed: int, end: date = END, customers_seed: int | None = None) -> Bank:
    """Draw what all customers share; each part has a random stream of its own, so one may change alone."""
    tides, people, ahead = np.random.SeedSequence(seed, spawn_key=(_BANK,)).spawn(3)
    calendar = make_calendar(months, end)
    economy = draw_economy(np.random.default_rng(tides), months, BURN_IN)
    staff = draw_staff(np.random.default_rng(people), customers, calendar)
    return Bank(customers, seed if customers_seed is None else customers_seed, calendar, economy, staff, ahead)


def draw_tables(bank: Bank, names: Collection[str]) -> Iterator[tuple[str, pa.Table]]:
    """Yield the registers, batch by batch the other tables and the truth, then the ledger, as pieces of named files."""
    for name, draw in REGISTERS.items():
        if name in names:
            yield name, draw(bank)
    next_ids = {"transactions": 1, "events": 1}
    written_off = np.zeros((bank.staff.branches, bank.calendar.months), dtype=np.int64)
    for place, first in enumerate(range(1, bank.customers + 1, BATCH)):
        batch = draw_batch(bank, place, first, dict(next_ids))
        for name, tabulate in TABLES.items():
            if name in names:
                table = tabulate(batch)
                next_ids[name] = next_ids.get(name, 1) + table.num_rows
                yield name, table
        if LEDGER in names:
            written_off += sum_write_offs(batch.loan_months, batch.loans, batch.customers, *written_off.shape)
        yield TRUTH, draw_truth(bank, batch)
    if LEDGER in names:
        yield LEDGER, tabulate_ledger(written_off, bank.calendar)


def draw_batch(bank: Bank, place: int, first: int, first_ids: Mapping[str, int]) -> Batch:
    """Draw one batch: customers, their hidden states, the flows and troubles that follow.

    Its streams depend on the seed and its place alone.
    """
    seeds = np.random.SeedSequence((bank.seed, place), spawn_key=(_BATCH,)).spawn(7)
    who, moods, money, luck, papers, bookings, news = (np.random.default_rng(s) for s in seeds)
    calendar, count = bank.calendar, min(BATCH, bank.customers + 1 - first)
    customers = draw_customers(who, first, count, calendar, bank.staff)
    panel = draw_states(moods, customers.industry, customers.first_month, bank.economy, calendar.months)
    flows = draw_flows(money, customers, panel, bank.economy, calendar)
    troubles = draw_troubles(luck, customers, panel)
    streams = (papers, bookings, news)
    return Batch(
        bank.seed, place, customers, panel, flows, troubles, calendar, bank.staff, *streams, first_ids=first_ids
    )


def draw_truth(bank: Bank, batch: Batch) -> pa.Table:
    """Tell the truth of a batch."""
    truth = write_truth(batch.customers, batch.panel, batch.flows, batch.troubles, bank.futures)
    return tabulate_truth(batch.customers, batch.panel, truth, bank.calendar)
