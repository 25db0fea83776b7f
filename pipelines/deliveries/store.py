"""ops.delivery_statistics and ops.delivery_acceptances: what is recorded of deliveries, read and written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import pyarrow as pa
import sqlalchemy as sa

from pipelines.deliveries.bands import Band, Point
from pipelines.deliveries.evaluate import Evaluated
from pipelines.deliveries.measure import Subject
from pipelines.errors import DecisionError
from pipelines.warehouse import Warehouse
from pipelines.warehouse.identifiers import table_clause
from pipelines.warehouse.queries import compile_literal

_LONGEST = {"accepted_by": 200, "reason": 1000}


@dataclass(frozen=True)
class Recorded:
    """A recorded figure, and the as-of date of the run that evaluated it (None: it never was)."""

    evaluated: Evaluated
    validated_as_of: date | None


@dataclass(frozen=True)
class Acceptance:
    """Who accepted the delivery of a table as of a day, and why."""

    table: str
    as_of: date
    accepted_by: str
    reason: str

    def __post_init__(self) -> None:
        for name, longest in _LONGEST.items():
            length = len(getattr(self, name).strip())
            if not 0 < length <= longest:
                raise DecisionError(
                    f"{name} of an acceptance has {length} characters; expected 1 to {longest}. Nothing was written."
                )


def read_statistics(warehouse: Warehouse, first: date, as_of: date) -> dict[str, dict[Subject, Recorded]]:
    """Return what is recorded of the deliveries from `first` to `as_of`, by table and subject."""
    recorded: dict[str, dict[Subject, Recorded]] = {}
    for row in warehouse.read("deliveries/statistics", first=first, as_of=as_of).to_pylist():
        one = _read_row(row)
        recorded.setdefault(row["table_name"], {})[one.evaluated.subject] = one
    return recorded


def write_statistics(warehouse: Warehouse, written: Mapping[str, tuple[date, Sequence[Recorded]]], as_of: date) -> None:
    """Put rows in the place of what is recorded of the deliveries of each table, from its first day to `as_of`."""
    if not written:
        return
    types = warehouse.columns("ops.delivery_statistics")
    rows = [_write_row(one) for _, found in written.values() for one in found]
    with warehouse.transaction():
        warehouse.lock("ops.delivery_statistics")
        warehouse.run(_forget({table: first for table, (first, _) in written.items()}, as_of))
        warehouse.append("ops.delivery_statistics", pa.Table.from_pylist(rows, pa.schema(list(types.items()))))


def accept_delivery(warehouse: Warehouse, acceptance: Acceptance) -> int:
    """Record that a person accepts a delivery; return how many rows of the table it is bound to.

    It counts while the table holds exactly these rows known before the as-of date: another delivery needs another word.
    """
    with warehouse.transaction():
        warehouse.lock("ops.delivery_acceptances")
        warehouse.columns(f"landing.{acceptance.table}")  # an unknown table is refused
        row_count = _count_known(warehouse, acceptance.table, acceptance.as_of)
        named = {"table_name" if name == "table" else name: value for name, value in asdict(acceptance).items()}
        warehouse.execute("deliveries/add_acceptance", row_count=row_count, **named)
    return row_count


def read_acceptances(warehouse: Warehouse, first: date, as_of: date) -> list[Acceptance]:
    """Return the acceptances from `first` to `as_of` that fit what landing holds now, the oldest day first."""
    rows = warehouse.read("deliveries/acceptances", first=first, as_of=as_of).to_pylist()
    fitting = [row for row in rows if row["row_count"] == _count_known(warehouse, row["table_name"], row["as_of"])]
    return [
        Acceptance(row["table_name"], row["as_of"], row["accepted_by"], row["reason"])
        for row in sorted(fitting, key=lambda row: row["as_of"])
    ]


def _forget(first: Mapping[str, date], as_of: date) -> str:
    """Return the statement that deletes each table's rows from its first day to `as_of`."""
    table = table_clause("ops.delivery_statistics", ["table_name", "as_of"])
    begun = [sa.and_(table.c.table_name == name, table.c.as_of >= day) for name, day in first.items()]
    return compile_literal(sa.delete(table).where(table.c.as_of <= as_of, sa.or_(*begun)))


def _count_known(warehouse: Warehouse, table: str, as_of: date) -> int:
    known_on: sa.ColumnClause[Any] = sa.column("known_on")
    counted = sa.select(sa.func.count().label("n")).select_from(table_clause(f"landing.{table}"))
    return int(warehouse.select(compile_literal(counted.where(known_on < as_of)))["n"][0].as_py())


def _read_row(row: dict[str, Any]) -> Recorded:
    band = Band(row["warn_low"], row["warn_high"], row["stop_low"], row["stop_high"])
    subject = Subject(row["as_of"], row["branch_id"], row["measure"])
    evaluated = Evaluated(row["table_name"], subject, Point(row["value"], row["sample"]), band, row["state"])
    return Recorded(evaluated, row["validated_as_of"])


def _write_row(recorded: Recorded) -> dict[str, Any]:
    one = recorded.evaluated
    return {
        "table_name": one.table,
        **vars(one.subject),
        **vars(one.recorded_point),
        **vars(one.band),
        "state": one.state,
        "validated_as_of": recorded.validated_as_of,
    }
