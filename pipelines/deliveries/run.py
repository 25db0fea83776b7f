"""The deliveries of a run: which months are not evaluated yet, their figures and bands, and what persons accepted."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from pipelines.deliveries.bands import Band, Point
from pipelines.deliveries.evaluate import Evaluated, History, evaluate_month
from pipelines.deliveries.extracts import evaluate_extracts
from pipelines.deliveries.measure import ALL, Figures, Subject, count_rows, measure_table
from pipelines.deliveries.references import evaluate_references
from pipelines.deliveries.renumbered import find_renumbered
from pipelines.deliveries.store import Acceptance, Recorded, read_acceptances, read_statistics, write_statistics
from pipelines.settings import Settings, add_months
from pipelines.warehouse import Warehouse

logger = logging.getLogger(__name__)
_EARLIEST = date(1900, 1, 1)
MONTHS_EVALUATED = 24  # as far back as features look
_MONTHS_READ = MONTHS_EVALUATED + 25  # a band looks a year back, and a year before that for the season


@dataclass(frozen=True)
class Delivery:
    """What was found of one table's deliveries, and the acceptance that lets its stops through, if there is one."""

    table: str
    evaluated: Sequence[Evaluated]
    acceptance: Acceptance | None = None


@dataclass(frozen=True)
class Plan:
    """The months of one table to evaluate in the run as of a day, and what is recorded of it.

    `counts` is the rows of each month that the run may evaluate, `pending` those that it does.
    """

    table: str
    as_of: date
    counts: Mapping[date, int]
    recorded: Mapping[Subject, Recorded] = field(default_factory=dict)

    @property
    def pending(self) -> list[date]:
        """The months that no run evaluated, that changed since, that this run evaluated, or whose stop stands."""
        stopped = {subject.as_of for subject, one in self.recorded.items() if one.evaluated.state == "stopped"}
        return [month for month in self.counts if month in stopped or self._is_new(month)]

    @property
    def known_from(self) -> date:
        """The first day of the delivery: that of the first month pending, of a first load the beginning."""
        return add_months(self.pending[0], -1) if self.recorded else _EARLIEST

    def find_run(self, month: date) -> date | None:
        """Return the as-of date of the run that evaluated a month."""
        known = self.recorded.get(Subject(month, ALL, "rows"))
        return known.validated_as_of if known else None

    def _is_new(self, month: date) -> bool:
        known = self.recorded.get(Subject(month, ALL, "rows"))
        if known is None or known.validated_as_of in (None, self.as_of):
            return True
        return known.evaluated.point.value != self.counts[month]


def evaluate_deliveries(
    warehouse: Warehouse, tables: Sequence[str], as_of: date, settings: Settings | None = None
) -> list[Delivery]:
    """Evaluate the months before `as_of` that no run evaluated or that changed since, and record their figures.

    With `settings` the extract as of the day, from the source in force, is compared with the ones before.

    A month whose stop nobody accepted is evaluated again by every later run. An acceptance as of a day lets the stops
    of that month and of those before it through.
    """
    as_of = as_of.replace(day=1)
    first = add_months(as_of, 1 - MONTHS_EVALUATED)
    plans = [plan for plan in _plan(warehouse, tables, first, as_of) if plan.pending]
    accepted = read_acceptances(warehouse, first, as_of)
    references = evaluate_references(warehouse, {plan.table: plan.known_from for plan in plans}, as_of)
    extracts = _compare_extracts(warehouse, plans, as_of, settings) if settings else {}
    deliveries, written = [], {}
    for plan in plans:
        mine = [one for one in accepted if one.table == plan.table]
        rows = _evaluate_months(warehouse, plan, mine)
        others = [*references.get(plan.table, ()), *extracts.get(plan.table, ())]
        if plan.table == "transactions":
            others.append(find_renumbered(warehouse, as_of))
        rows += [Recorded(_accept_if(one, mine), as_of) for one in others]
        written[plan.table] = (plan.pending[0], rows)
        found = [one.evaluated for one in rows if one.validated_as_of == as_of and one.evaluated.state != "unchecked"]
        deliveries.append(Delivery(plan.table, found, mine[-1] if mine else None))
    write_statistics(warehouse, written, as_of)
    return deliveries


def _compare_extracts(
    warehouse: Warehouse, plans: Sequence[Plan], as_of: date, settings: Settings
) -> dict[str, list[Evaluated]]:
    histories = {
        plan.table: History({subject: one.evaluated.point for subject, one in plan.recorded.items()}) for plan in plans
    }
    tables = [plan.table for plan in plans]
    return evaluate_extracts(warehouse, tables, as_of, settings.source, settings.source_settings, histories)


def _plan(warehouse: Warehouse, tables: Sequence[str], first: date, as_of: date) -> list[Plan]:
    counts = count_rows(warehouse, tables, first, as_of)
    recorded = read_statistics(warehouse, add_months(as_of, -_MONTHS_READ), as_of)
    return [Plan(table, as_of, _count_months(table, counts, first), recorded.get(table, {})) for table in tables]


def _count_months(table: str, counts: dict[tuple[str, date], int], first: date) -> dict[date, int]:
    """Return the rows of each month from the first month on that has any; of the last month where none has."""
    months = [add_months(first, place) for place in range(MONTHS_EVALUATED)]
    started = min((month for name, month in counts if name == table), default=months[-1])
    return {month: counts.get((table, month), 0) for month in months if month >= started}


def _evaluate_months(warehouse: Warehouse, plan: Plan, accepted: Sequence[Acceptance]) -> list[Recorded]:
    """Return what is to be recorded of the months from the first one pending on."""
    begin, pending = plan.pending[0], set(plan.pending)
    figures = _gather_figures(warehouse, plan)
    before = {subject: one for subject, one in plan.recorded.items() if subject.as_of < begin}
    stopped = {subject for subject, one in before.items() if one.evaluated.state in ("stopped", "withheld")}
    history = History(figures, frozenset(stopped))
    months = sorted({subject.as_of for subject in figures} | set(plan.counts))
    rows: list[Recorded] = []
    for month in [one for one in plan.counts if one >= begin]:
        earlier = [one for one in months if one < month]
        has_any = plan.counts[month] or earlier
        found = evaluate_month(plan.table, history, month, earlier) if has_any else []
        run = plan.as_of if month in pending else plan.find_run(month)
        rows += _complete(plan.table, figures, [_accept_if(one, accepted) for one in found], month, run)
    return rows


def _gather_figures(warehouse: Warehouse, plan: Plan) -> Figures:
    """Return the recorded figures of the months before the first one pending, and those measured now from it on."""
    begin = plan.pending[0]
    before = {subject: one.evaluated.point for subject, one in plan.recorded.items() if subject.as_of < begin}
    rows = {
        Subject(month, ALL, "rows"): Point(float(count), count)
        for month, count in plan.counts.items()
        if month >= begin
    }
    measured = measure_table(warehouse, plan.table, begin, plan.as_of) if sum(plan.counts.values()) else {}
    return before | measured | rows


def _accept_if(one: Evaluated, accepted: Sequence[Acceptance]) -> Evaluated:
    """Return what was evaluated as accepted where a person accepted the table as of its month or a later one."""
    is_accepted = any(acceptance.as_of >= one.subject.as_of for acceptance in accepted)
    return replace(one, state="accepted") if is_accepted and one.state in ("stopped", "withheld") else one


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
