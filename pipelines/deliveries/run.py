"""The deliveries of a run: which months are not evaluated yet, their figures and bands, and what persons accepted."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from pipelines.deliveries.bands import Band, Point
from pipelines.deliveries.evaluate import Evaluated, History, evaluate_month
from pipelines.deliveries.measure import ALL, Figures, Subject, count_rows, measure_table
from pipelines.deliveries.store import (
    Acceptance,
    Recorded,
    find_row_count,
    list_stopped,
    read_acceptances,
    read_statistics,
    write_statistics,
)
from pipelines.settings import add_months
from pipelines.warehouse import Warehouse

logger = logging.getLogger(__name__)
MONTHS_EVALUATED = 24  # as far back as features look
_MONTHS_READ = MONTHS_EVALUATED + 25  # a band looks a year back, and a year before that for the season


@dataclass(frozen=True)
class Delivery:
    """What was found of one table's deliveries, and the acceptance that lets its stops through, if there is one."""

    table: str
    evaluated: Sequence[Evaluated]
    acceptance: Acceptance | None = None


def evaluate_deliveries(warehouse: Warehouse, tables: Sequence[str], as_of: date) -> list[Delivery]:
    """Evaluate the months before `as_of` that no run evaluated or that changed since, and record their figures.

    A month whose stop nobody accepted is evaluated again by every later run. An acceptance as of a day lets the stops
    of that month and of those before it through.
    """
    as_of = as_of.replace(day=1)
    first = add_months(as_of, 1 - MONTHS_EVALUATED)
    counts = count_rows(warehouse, tables, first, as_of)
    recorded = read_statistics(warehouse, add_months(as_of, -_MONTHS_READ), as_of)
    accepted = read_acceptances(warehouse, first, as_of)
    return [
        _evaluate_table(warehouse, table, as_of, _count_months(table, counts, first), recorded.get(table, []), accepted)
        for table in tables
    ]


def _count_months(table: str, counts: dict[tuple[str, date], int], first: date) -> dict[date, int]:
    """Return the rows of each month from the first month on that has any."""
    started = min((month for name, month in counts if name == table), default=None)
    months = [add_months(first, place) for place in range(MONTHS_EVALUATED)]
    return {month: counts.get((table, month), 0) for month in months if started and month >= started}


def _evaluate_table(
    warehouse: Warehouse,
    table: str,
    as_of: date,
    counts: dict[date, int],
    recorded: Sequence[Recorded],
    accepted: dict[tuple[str, date], Acceptance],
) -> Delivery:
    pending = [month for month in counts if _is_pending(recorded, month, counts[month], as_of)]
    if not pending:
        return Delivery(table, ())
    begin = pending[0]
    figures = _gather_figures(warehouse, table, begin, as_of, counts, recorded)
    history = History(figures, list_stopped(one for one in recorded if one.evaluated.subject.as_of < begin))
    rows: list[Recorded] = []
    found: list[Evaluated] = []
    months = sorted({subject.as_of for subject in figures} | set(counts))
    for month in [one for one in counts if one >= begin]:
        before = [one for one in months if one < month]
        evaluated = evaluate_month(table, history, month, before)
        if any(name == table and day >= month for name, day in accepted):
            evaluated = [_accept(one) for one in evaluated]
        found += evaluated if month in pending else []
        run = as_of if month in pending else _find_run(recorded, month)
        rows += _complete(table, figures, evaluated, month, run)
    write_statistics(warehouse, table, begin, as_of, rows)
    mine = [one for _, one in sorted(accepted.items(), key=lambda item: item[0]) if one.table == table]
    return Delivery(table, found, mine[-1] if mine else None)


def _is_pending(recorded: Sequence[Recorded], month: date, row_count: int, as_of: date) -> bool:
    known = find_row_count(recorded, month)
    if known is None or known.validated_as_of in (None, as_of) or known.evaluated.point.value != row_count:
        return True
    return any(one.evaluated.state == "stopped" for one in recorded if one.evaluated.subject.as_of == month)


def _find_run(recorded: Sequence[Recorded], month: date) -> date | None:
    known = find_row_count(recorded, month)
    return known.validated_as_of if known else None


def _gather_figures(
    warehouse: Warehouse,
    table: str,
    begin: date,
    as_of: date,
    counts: dict[date, int],
    recorded: Sequence[Recorded],
) -> Figures:
    """Return the recorded figures of the months before `begin`, and those measured now from it on."""
    before = {one.evaluated.subject: one.evaluated.point for one in recorded if one.evaluated.subject.as_of < begin}
    rows = {
        Subject(month, ALL, "rows"): Point(float(count), count) for month, count in counts.items() if month >= begin
    }
    return before | measure_table(warehouse, table, begin, as_of) | rows


def _accept(one: Evaluated) -> Evaluated:
    return replace(one, state="accepted") if one.state in ("stopped", "withheld") else one


def _complete(
    table: str, figures: Figures, evaluated: Sequence[Evaluated], month: date, run: date | None
) -> list[Recorded]:
    """Return the month's rows of ops.delivery_statistics: what was evaluated, and the other figures as unchecked."""
    by_subject = {one.subject: one for one in evaluated}
    others = [
        Evaluated(table, subject, point, Band(), "unchecked")
        for subject, point in figures.items()
        if subject.as_of == month and subject not in by_subject
    ]
    return [Recorded(one, run) for one in (*by_subject.values(), *others)]
