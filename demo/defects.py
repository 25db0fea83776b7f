"""Defects that may be planted in the landing tables, each declared with the promise that catches it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from demo.columns import Bools, Ints, as_dates, number, pick

UNIT = "10000"  # yuan in a wan, the unit in which Chinese books are often kept
STALE_DAYS = 24  # before the end on which the stale feed falls silent
COPIED_ID = 9_000_000_000  # added to a booking's number where it is delivered once more under another
GARBLED = ("锟斤拷锟斤拷", "å…¬å\x8f¸", "\ufffd\ufffd\ufffd", "????")


class Site:
    """One piece of a table in which defects are planted: draws their rows, never the same one twice."""

    def __init__(
        self,
        rng: np.random.Generator,
        rows: int,
        half_day: int,
        stale_from: int,
        scale: float,
        before: Site | None = None,
    ) -> None:
        self.rng = rng
        self.half_day = half_day
        self.stale_from = stale_from
        self._scale = scale
        self._taken: Bools = np.zeros(rows, dtype=bool)
        if before is not None:  # what the defects before this one took, and the rows that they added
            self._taken[: before._taken.size] = before._taken
            self._taken[before._taken.size :] = True

    def pick(self, can_be: Bools, share: float, least: int = 1) -> Ints:
        """Take some of the rows that can bear a defect and have none yet: a share of these, `least` at least."""
        free = np.flatnonzero(can_be & ~self._taken)
        count = min(free.size, max(least, round(share * self._scale * free.size)))
        rows = np.sort(self.rng.choice(free, count, replace=False))
        self._taken[rows] = True
        return np.asarray(rows)


@dataclass(frozen=True)
class Planted:
    """A piece with its defects, the rows that bear them (each with a note), and how many rows are no longer there.

    `caught` are the notes of the rows that break the defect's promise, where not all of them do.
    """

    table: pa.Table
    rows: pa.Table
    notes: Sequence[str] = ()
    missing: int = 0
    caught: Collection[str] | None = None


@dataclass(frozen=True)
class Defect:
    """One kind of defect: what it does to which table, and the promise of that table's suite which it breaks.

    `promise` is empty where none asks yet, and some of the rows may not break it (see Planted). A `feed` defect is of
    the whole file, and the manifest has one row for it.
    """

    kind: str
    table: str
    does: str
    promise: str
    plant: Callable[[pa.Table, Site], Planted]
    is_feed: bool = False


def _days(table: pa.Table, name: str) -> Ints:
    return np.asarray(table[name].cast(pa.int32()).to_numpy(), dtype=np.int64)


def _put(table: pa.Table, column: str, rows: Ints, values: pa.Array) -> pa.Table:
    """Return the table with other values in some rows of a column."""
    place = np.full(table.num_rows, -1)
    place[rows] = np.arange(rows.size)
    chosen = pa.array(np.maximum(place, 0)).cast(pa.int64())
    mixed = pc.if_else(pa.array(place >= 0), values.cast(table.schema.field(column).type).take(chosen), table[column])
    return table.set_column(table.schema.get_field_index(column), column, mixed)


def _changed(table: pa.Table, column: str, rows: Ints, values: pa.Array) -> Planted:
    after = _put(table, column, rows, values) if rows.size else table
    return Planted(after, after.take(pa.array(rows)))


def _kept(table: pa.Table, keep: Bools) -> Planted:
    return Planted(table.filter(pa.array(keep)), table.slice(0, 0), missing=int((~keep).sum()))


def _halve_day(table: pa.Table, site: Site) -> Planted:
    return _kept(table, (_days(table, "known_on") != site.half_day) | (site.rng.random(table.num_rows) < 0.5))


def _stop_feed(table: pa.Table, site: Site) -> Planted:
    return _kept(table, _days(table, "known_on") < site.stale_from)


def _rename_column(table: pa.Table, _: Site) -> Planted:
    names = ["sales" if name == "revenue" else name for name in table.column_names]
    return Planted(table.rename_columns(names), table.slice(0, 0), missing=table.num_rows)


def _repeat_rows(table: pa.Table, site: Site) -> Planted:
    copies = table.take(pa.array(site.pick(np.ones(table.num_rows, dtype=bool), 1e-4)))
    return Planted(pa.concat_tables([table, copies]), copies)


def _pay_twice(table: pa.Table, site: Site) -> Planted:
    is_payment = np.asarray(pc.equal(table["kind"], "payment")) & ~np.asarray(table["is_void"])
    copies = table.take(pa.array(site.pick(is_payment, 1e-4)))
    digits = pc.utf8_slice_codeunits(copies["transaction_id"], 1).cast(pa.int64()).to_numpy()
    copies = copies.set_column(0, "transaction_id", number("T", digits + COPIED_ID, 10))
    return Planted(pa.concat_tables([table, copies]), copies)


def _orphan(table: pa.Table, site: Site) -> Planted:
    rows = site.pick(np.ones(table.num_rows, dtype=bool), 1e-4)
    return _changed(table, "customer_id", rows, number("X", site.rng.integers(1, 10**7, rows.size), 7))


def _mistake_unit(table: pa.Table, site: Site) -> Planted:
    """Read yuan as ten-thousands of yuan, in amounts of more than a million."""
    size = np.abs(table["amount"].cast(pa.float64()).to_numpy())
    rows = site.pick((size > 1e6) & (size < 1e11), 2e-3)
    amounts = table["amount"].take(pa.array(rows))
    return _changed(
        table, "amount", rows, pc.multiply(amounts, pa.scalar(UNIT).cast(pa.decimal128(5, 0))).cast(amounts.type)
    )


def _book_ahead(table: pa.Table, site: Site) -> Planted:
    rows = site.pick(np.ones(table.num_rows, dtype=bool), 1e-4)
    return _changed(
        table, "booked_on", rows, as_dates(_days(table, "known_on")[rows] + site.rng.integers(3, 40, rows.size))
    )


def _garble_names(table: pa.Table, site: Site) -> Planted:
    rows = site.pick(np.ones(table.num_rows, dtype=bool), 2e-3)
    return _changed(table, "name", rows, pick(GARBLED, site.rng.integers(0, len(GARBLED), rows.size)))


def _turn_negative(table: pa.Table, site: Site) -> Planted:
    rows = site.pick(table["end_balance"].cast(pa.float64()).to_numpy() > 0, 2e-4)
    return _changed(table, "end_balance", rows, pc.negate(table["end_balance"].take(pa.array(rows))))


def _differ_from_core(table: pa.Table, site: Site) -> Planted:
    """In turn: other deposits, another number of products, a manager whom no register names, and no row at all.

    Only the stranger is seen in the table itself; who finds the others must compare it with the core.
    """
    rows = site.pick(np.ones(table.num_rows, dtype=bool), 4e-3, least=len(CRM_NOTES))
    kind = np.arange(rows.size) % len(CRM_NOTES)
    deposits = table["deposit_balance"].take(pa.array(rows[kind == 0]))
    table = _put_some(
        table, "deposit_balance", rows[kind == 0], pc.add(deposits, pa.scalar("12345.67").cast(pa.decimal128(7, 2)))
    )
    counts = table["product_count"].take(pa.array(rows[kind == 1]))
    table = _put_some(table, "product_count", rows[kind == 1], pc.add(counts, 1))
    table = _put_some(table, "manager_id", rows[kind == 2], pa.array(["M99999"] * int((kind == 2).sum()), pa.string()))
    keep = np.ones(table.num_rows, dtype=bool)
    keep[rows[kind == 3]] = False
    notes = [CRM_NOTES[one] for one in kind]
    return Planted(table.filter(pa.array(keep)), table.take(pa.array(rows)), notes, caught={"manager_id"})


def _put_some(table: pa.Table, column: str, rows: Ints, values: pa.Array) -> pa.Table:
    return _put(table, column, rows, values) if rows.size else table


CRM_NOTES = ("deposit_balance", "product_count", "manager_id", "missing")

# In the order of planting: what is cut out of a feed comes first, what adds rows last but for what removes them.
DEFECTS = (
    Defect("half_day", "transactions", "half the rows known on one day are missing", "", _halve_day, is_feed=True),
    Defect("stale_feed", "transactions", "the feed falls silent", "is_feed_fresh", _stop_feed, is_feed=True),
    Defect("renamed_column", "firm_reports", "revenue is called sales", "", _rename_column, is_feed=True),
    Defect("orphans", "transactions", "of a customer whom no row names", "is_customer_known", _orphan),
    Defect("wrong_unit", "transactions", "ten thousand times the amount", "is_amount_plausible", _mistake_unit),
    Defect("future_dates", "transactions", "booked after it was known", "is_booked_when_known", _book_ahead),
    Defect("broken_encodings", "customers", "a name of broken characters", "is_name_readable", _garble_names),
    Defect("negative_balances", "balances", "less than nothing on deposit", "is_not_overdrawn", _turn_negative),
    Defect("duplicates", "transactions", "the same row twice", "", _repeat_rows),
    Defect("double_payments", "transactions", "the same payment under another id", "", _pay_twice),
    Defect("crm_differences", "crm_profiles", "the CRM differs from the core", "is_manager_known", _differ_from_core),
)
KINDS = tuple(defect.kind for defect in DEFECTS)
