"""Evaluating a delivery: each figure against its band, branches first, then the bank without those that are short."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from pipelines.deliveries.bands import Band, Point, is_silent, learn_band
from pipelines.deliveries.declared import BRANCH_MEASURES, IRREGULAR_TABLES, REGULAR_TABLES, Measure, list_measures
from pipelines.deliveries.measure import ALL, Figures, Subject

_ADDITIVE = ("rows", "customers", "amount")
_LARGEST_SHARE_WITHHELD = 0.5  # of the customers expected; where more branches are short, the whole bank stops
_SILENCE = "What had rows in each of the months before and has none now did not arrive."
_SILENT_BRANCH_ROWS = 5.0
_OF_WHOLE_BANK = ("level_ratio", "median_amount", "second_customers")  # not known without the branches that are short
_LEAST_SECOND = 4.0  # customers with a second amount in each month before: none now is no chance
_LEAST_COUNT = 3  # rows or customers that a share must be made of to be more than chance


@dataclass(frozen=True)
class Evaluated:
    """One figure with its band and state: unchecked, usual, warned, stopped, withheld or accepted."""

    table: str
    subject: Subject
    point: Point
    band: Band
    state: str
    why: str = ""
    whole: Point | None = None  # that of the whole bank, where the point leaves branches out

    @property
    def recorded_point(self) -> Point:
        """The figure as it is kept for later months."""
        return self.whole or self.point


class History:
    """The figures of one table by month; months whose state is stopped are no example for later ones."""

    def __init__(self, figures: Figures, stopped: frozenset[Subject] = frozenset()) -> None:
        self.figures = figures
        self.stopped = set(stopped)

    def get(self, subject: Subject) -> Point | None:
        """Return a figure, or None where there is none."""
        return self.figures.get(subject)

    def list_before(self, subject: Subject, months: Sequence[date], short: Sequence[str] = ()) -> list[Point | None]:
        """Return the figures of the same measure in `months`, without what the branches in `short` added to it."""
        return [self._take(replace(subject, as_of=month), short) for month in months]

    def get_rest(self, subject: Subject, short: Sequence[str]) -> Point | None:
        """Return a figure of the whole bank without the branches in `short`."""
        whole = self.figures.get(subject)
        if whole is None or not short:
            return whole
        parts = [self.figures.get(replace(subject, branch_id=branch)) or Point(0.0, 0) for branch in short]
        if subject.measure in _ADDITIVE:
            value = whole.value - sum(one.value for one in parts)
            return Point(value, whole.sample - sum(one.sample for one in parts))
        sample = whole.sample - sum(one.sample for one in parts)
        total = whole.value * whole.sample - sum(one.value * one.sample for one in parts)
        return Point(min(max(total / sample, 0.0), 1.0), sample) if sample > 0 else None

    def _take(self, subject: Subject, short: Sequence[str]) -> Point | None:
        return None if subject in self.stopped else self.get_rest(subject, short)


def evaluate_month(table: str, history: History, as_of: date, months: Sequence[date]) -> list[Evaluated]:
    """Evaluate all figures of the month before `as_of`; `months` are the as-of dates before it, the latest last.

    A branch whose customers are missing, or whose amounts changed their unit, is withheld, and the bank is evaluated
    without it. Where such branches have more than half of the customers, the bank is evaluated whole, and stops.
    """
    branches = _evaluate_branches(table, history, as_of, months)
    short = sorted({one.subject.branch_id for one in branches if one.state == "stopped"})
    if short and not _is_small_part(history, as_of, short):
        branches = [replace(one, state="warned") if one.state == "stopped" else one for one in branches]
        short = []
    branches = [replace(one, state="withheld") if one.state == "stopped" else one for one in branches]
    whole = _evaluate_bank(table, history, as_of, months, short)
    history.stopped.update(one.subject for one in branches + whole if one.state in ("stopped", "withheld"))
    return branches + whole


def _evaluate_branches(table: str, history: History, as_of: date, months: Sequence[date]) -> list[Evaluated]:
    names = {subject.branch_id for subject in history.figures if subject.as_of == as_of or subject.as_of in months[-3:]}
    if table not in REGULAR_TABLES or len(names - {ALL}) < 2:
        return []
    found = [
        one
        for branch in sorted(names - {ALL})
        for measure in BRANCH_MEASURES.values()
        if (one := _evaluate(table, history, Subject(as_of, branch, measure.name), measure, months)) is not None
    ]
    silent = [_find_silence(table, history, Subject(as_of, branch, "rows"), months) for branch in sorted(names - {ALL})]
    return found + [one for one in silent if one is not None]


def _find_silence(table: str, history: History, subject: Subject, months: Sequence[date]) -> Evaluated | None:
    """Return a stop for a branch without any row where each of the months before had some; None where it has rows."""
    point = history.get(subject) or Point(0.0, 0)
    if not is_silent(history.list_before(subject, months), point.value, _SILENT_BRANCH_ROWS):
        return None
    return Evaluated(table, subject, point, Band(stop_low=1.0), "stopped", _SILENCE)


def _evaluate_bank(
    table: str, history: History, as_of: date, months: Sequence[date], short: Sequence[str]
) -> list[Evaluated]:
    evaluated = [_find_bank_silence(table, history, as_of, months)]
    for measure in list_measures(table):
        subject = Subject(as_of, ALL, measure.name)
        if short and measure.name in _OF_WHOLE_BANK:
            continue
        evaluated.append(_evaluate(table, history, subject, measure, months, short))
    return [one for one in evaluated if one is not None]


def _find_bank_silence(table: str, history: History, as_of: date, months: Sequence[date]) -> Evaluated | None:
    subject = Subject(as_of, ALL, "rows")
    least = 1.0 if table in REGULAR_TABLES else 10.0
    point = history.get(subject) or Point(0.0, 0)
    if not is_silent(history.list_before(subject, months), point.value, least):
        return None
    is_monthly = table in REGULAR_TABLES + IRREGULAR_TABLES  # another table may have nothing new in a month
    state = "stopped" if is_monthly else "warned"
    return Evaluated(table, replace(subject, measure="silence"), point, Band(1.0, None, 1.0), state, _SILENCE)


def _evaluate(
    table: str,
    history: History,
    subject: Subject,
    measure: Measure,
    months: Sequence[date],
    short: Sequence[str] = (),
) -> Evaluated | None:
    point = history.get_rest(subject, short)
    if point is None:
        return None
    before = history.list_before(subject, months, short)
    band = learn_band(measure, before, point.sample)
    if measure.name == "second_customers" and is_silent(before, point.value, _LEAST_SECOND):
        return Evaluated(table, subject, point, replace(band, stop_low=1.0), "stopped", measure.why)
    state = "usual" if _is_chance(measure, point) else band.describe(point.value)
    return Evaluated(table, subject, point, band, state, measure.why, history.get(subject))


def _is_chance(measure: Measure, point: Point) -> bool:
    """Say whether a share is made of so few rows or customers that it says nothing."""
    if measure.scale != "share":
        return False
    share = 1 - point.value if measure.is_low_bounded else point.value
    return share * point.sample < _LEAST_COUNT - 0.5


def _is_small_part(history: History, as_of: date, short: Sequence[str]) -> bool:
    """Say whether the branches have at most half of the customers expected."""
    expected = _sizes(history.figures, as_of)
    return sum(expected.get(branch, 0) for branch in short) <= _LARGEST_SHARE_WITHHELD * expected.get(ALL, 0)


def _sizes(figures: Mapping[Subject, Point], as_of: date) -> dict[str, int]:
    return {
        subject.branch_id: point.sample
        for subject, point in figures.items()
        if subject.as_of == as_of and subject.measure == "returning_share"
    }
