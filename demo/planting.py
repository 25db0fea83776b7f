"""Planting: puts defects into the pieces of a bank on their way to the files, and writes down which rows bear them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from demo.calendar import Calendar
from demo.defects import DEFECTS, STALE_DAYS, Defect, Planted, Site
from demo.files import Piece

MANIFEST = "truth/defects"
KEYS = {"transactions": ("transaction_id",), "balances": ("account_id", "month")}  # others: customer_id
SCHEMA = pa.schema(
    [
        ("kind", pa.string()),
        ("table_name", pa.string()),
        ("row_key", pa.string()),
        ("promise", pa.string()),
        ("note", pa.string()),
        ("row_count", pa.int64()),
    ]
)
_FIRST_KEY = 500  # of the random streams, above those of the batches
_EARLIEST_BEFORE_STALE = 30  # days between the half-delivered day and the stale feed's silence, at most


def choose_kinds(kinds: Collection[str]) -> tuple[Defect, ...]:
    """Return the defects of the kinds named, in the order of planting; a stranger is refused."""
    known = [defect.kind for defect in DEFECTS]
    unknown = sorted(set(kinds) - set(known))
    if unknown:
        raise ValueError(f"there are no defects of kind {unknown}; expected of {known}.")
    return tuple(defect for defect in DEFECTS if defect.kind in kinds)


@dataclass
class _Days:
    """When the feed's own defects happen."""

    half_day: int
    stale_from: int


@dataclass
class Planter:
    """Plants the chosen defects piece by piece; the manifest comes last. The same seed, the same defects."""

    defects: tuple[Defect, ...]
    seed: int
    calendar: Calendar
    scale: float = 1.0
    _missing: Counter[str] = field(default_factory=Counter)
    _pieces: Counter[str] = field(default_factory=Counter)
    _rows: list[pa.Table] = field(default_factory=list)

    def plant(self, pieces: Iterable[Piece]) -> Iterator[Piece]:
        """Yield the pieces with their defects, then the manifest."""
        for name, table in pieces:
            yield name, self._plant_piece(name, table)
            self._pieces[name] += 1
        yield MANIFEST, pa.concat_tables([SCHEMA.empty_table(), *self._rows, self._tell_feeds()])

    def _plant_piece(self, name: str, table: pa.Table) -> pa.Table:
        mine = [defect for defect in self.defects if defect.table == name]
        for defect in (one for one in mine if one.is_feed):
            planted = defect.plant(table, self._open_site(defect, table.num_rows))
            self._missing[defect.kind] += planted.missing
            table = planted.table
        site: Site | None = None
        for defect in (one for one in mine if not one.is_feed):
            site = self._open_site(defect, table.num_rows, site)
            planted = defect.plant(table, site)
            self._rows.append(_tell_rows(defect, planted))
            table = planted.table
        return table

    def _open_site(self, defect: Defect, rows: int, before: Site | None = None) -> Site:
        key = _FIRST_KEY + DEFECTS.index(defect)
        seeds = np.random.SeedSequence((self.seed, self._pieces[defect.table]), spawn_key=(key,))
        days = self._find_days()
        return Site(np.random.default_rng(seeds), rows, days.half_day, days.stale_from, self.scale, before)

    def _find_days(self) -> _Days:
        end = int(self.calendar.first_day[-1])
        back = np.random.default_rng(np.random.SeedSequence(self.seed, spawn_key=(_FIRST_KEY - 1,)))
        first = int(self.calendar.first_day[0]) + 3
        stale_from = max(end - STALE_DAYS, first)
        half_day = max(stale_from - int(back.integers(3, _EARLIEST_BEFORE_STALE)), first)
        while not np.is_busday(np.datetime64(half_day, "D")):
            half_day -= 1
        return _Days(half_day, stale_from)

    def _tell_feeds(self) -> pa.Table:
        """Return one row a feed defect whose table was written."""
        told = [one for one in self.defects if one.is_feed and self._pieces[one.table]]
        days = self._find_days()
        notes = {
            "half_day": (f"known_on {_day(days.half_day)}",),
            "stale_feed": (f"known_on {_day(days.stale_from)} and after",),
        }
        rows = [
            {
                "kind": one.kind,
                "table_name": one.table,
                "row_key": None,
                "promise": one.promise,
                "note": ", ".join([one.does, *notes.get(one.kind, ())]),
                "row_count": self._missing[one.kind],
            }
            for one in told
        ]
        return pa.Table.from_pylist(rows, SCHEMA)


def _day(days: int) -> date:
    return date(1970, 1, 1) + timedelta(days=days)


def _tell_rows(defect: Defect, planted: Planted) -> pa.Table:
    """Return the manifest's rows of what was planted; a row is named as ops.quarantine names it."""
    rows, names = planted.rows, (*KEYS.get(defect.table, ("customer_id",)), "known_on")
    keys = pc.binary_join_element_wise(*[rows[name].cast(pa.string()) for name in names], "|")
    notes = planted.notes or [defect.does] * rows.num_rows
    caught = set(notes) if planted.caught is None else planted.caught
    return pa.table(
        {
            "kind": pa.repeat(defect.kind, rows.num_rows),
            "table_name": pa.repeat(defect.table, rows.num_rows),
            "row_key": keys,
            "promise": pa.array([defect.promise if note in caught else "" for note in notes], pa.string()),
            "note": pa.array(notes, pa.string()),
            "row_count": pa.repeat(pa.scalar(1, pa.int64()), rows.num_rows),
        },
        schema=SCHEMA,
    )
