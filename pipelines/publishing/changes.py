"""Changes: a run beside the runs published before, figure by figure, and what a person lets through."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pyarrow as pa

from pipelines.errors import PublicationError
from pipelines.publishing.bounds import Bounds, Point, find_bounds
from pipelines.publishing.feeds import describe_moved_feeds
from pipelines.publishing.figures import PastRun, Subject, compare_runs, measure_run, read_past_runs
from pipelines.publishing.measures import BEFORE, COUNT, Measure, find_measure
from pipelines.warehouse import Warehouse

_YOUNG_MONTHS = 13  # of history: with fewer, each month adds what rules of six and twelve months need, so bounds warn
_MOST_NAMED = 6
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Acceptance:
    """A person's word that a run may be published although it differs from the runs before."""

    accepted_by: str
    reason: str

    def __post_init__(self) -> None:
        for name, longest in (("accepted_by", 200), ("reason", 1000)):
            length = len(getattr(self, name).strip())
            if not 0 < length <= longest:
                raise PublicationError(
                    f"{name} of an acceptance has {length} characters; expected 1 to {longest}. Nothing was published."
                )


@dataclass(frozen=True)
class Change:
    """One figure of the run with its bounds; state: unchecked, usual, warned, stopped, other_version or accepted."""

    subject: Subject
    now: Point
    bounds: Bounds | None
    state: str

    def describe(self) -> str:
        """Return what moved, from what to what, and where it would be usual."""
        measure = find_measure(*self.subject)
        words, now = measure.words.format(subject=self.subject[0]), _show(measure, self.now.value)
        if self.bounds is None:
            return f"{words}: {now}"
        low, high = (None if one is None else _show(measure, one) for one in (self.bounds.low, self.bounds.high))
        usual = f"{low} to {high}" if low and high else f"{low} or more" if low else f"{high} or less"
        than = "before" if measure.against == BEFORE else "usually"
        return f"{words} is {now}, {than} {_show(measure, self.bounds.centre)}, expected {usual}"


@dataclass(frozen=True)
class Comparison:
    """A run held to the runs before: its figures, whole sentences that stop it, and the versions that changed."""

    run_id: str
    as_of: date
    before: PastRun | None
    changes: Sequence[Change]
    stops: Sequence[str]
    notes: Sequence[str]

    def list_reasons(self) -> list[str]:
        """Return all that stops the run, the figures after the whole sentences."""
        return [*self.stops, *(one.describe() for one in self.changes if one.state == "stopped")]


def compare_with_past(warehouse: Warehouse, run_id: str, as_of: date) -> Comparison:
    """Hold a complete run to the published runs of the as-of dates before its own; a rerun never to its own date."""
    past = read_past_runs(warehouse, as_of)
    versions = _read_versions(warehouse, run_id)
    stops = _list_whole_stops(versions, _read_versions(warehouse, past[-1].run_id) if past else {})
    if not past:
        figures = measure_run(warehouse, run_id)
        changes = [Change(subject, point, None, "unchecked") for subject, point in sorted(figures.items())]
        return Comparison(run_id, as_of, None, changes, stops, [])
    sides = [_compare_with(warehouse, run_id, as_of, past, one) for one in _choose_references(past)]
    changes = _choose_mildest([change for side in sides for change in side])
    if _is_young(warehouse, as_of):
        changes = [replace(one, state="warned") if one.state == "stopped" else one for one in changes]
    return Comparison(run_id, as_of, past[-1], changes, stops, _describe_versions(warehouse, versions, past[-1]))


def refuse_changes(warehouse: Warehouse, found: Comparison) -> None:
    """Refuse a run that is out of bounds: PublicationError says which figures, by how much, and which feed moved."""
    reasons = found.list_reasons()
    if not reasons:
        return
    named = "; ".join(reasons[:_MOST_NAMED])
    more = f"; and {len(reasons) - _MOST_NAMED} more" if len(reasons) > _MOST_NAMED else ""
    beside = f", beside {found.before.run_id} and the runs before it" if found.before else ""
    feeds = describe_moved_feeds(warehouse, found.as_of)
    raise PublicationError(
        f"run {found.run_id} is out of bounds and is not published{beside}: {named}{more}. "
        + "".join(f"{one} " for one in (*found.notes, feeds) if one)
        + f"Correct the delivery and run the steps of {found.as_of} again from extract; or, where this is right, run "
        f"`kcrm publish --as-of {found.as_of} --accept-changes --by NAME --reason WHY`."
    )


def warn_of_changes(warehouse: Warehouse, found: Comparison) -> None:
    """Log what moved more than usual, and what a person has let through."""
    told = [*found.stops, *(one.describe() for one in found.changes if one.state in ("warned", "stopped", "accepted"))]
    for sentence in (*told, *found.notes):
        logger.warning("publish: run %s: %s", found.run_id, sentence)
    if told and (feeds := describe_moved_feeds(warehouse, found.as_of)):
        logger.warning("publish: %s", feeds)


def record_changes(warehouse: Warehouse, found: Comparison, acceptance: Acceptance | None) -> None:
    """Write the figures of the run to ops.run_measures, and who let it through where somebody had to."""
    rows = [_tabulate(found, one) for one in found.changes]
    warehouse.replace("ops.run_measures", pa.Table.from_pylist(rows) if rows else [], {"run_id": found.run_id})
    if acceptance is not None and found.list_reasons():
        warehouse.execute(
            "publishing/add_acceptance",
            run_id=found.run_id,
            as_of=found.as_of,
            accepted_by=acceptance.accepted_by.strip(),
            reason=acceptance.reason.strip(),
        )


def _tabulate(found: Comparison, change: Change) -> dict[str, Any]:
    bounds = change.bounds
    return {
        "run_id": found.run_id,
        "as_of": found.as_of,
        "subject": change.subject[0],
        "measure": change.subject[1],
        "value": change.now.value,
        "sample": change.now.sample,
        "value_before": bounds.centre if bounds else None,
        "low": bounds.low if bounds else None,
        "high": bounds.high if bounds else None,
        "change": bounds.change if bounds else None,
        "state": "accepted" if change.state == "stopped" else change.state,
    }


def _choose_references(past: Sequence[PastRun]) -> list[PastRun]:
    """Return the runs to compare with: the one before, and where a person let that through, the last usual one too."""
    usual = [one for one in past if not one.is_accepted]
    return [past[-1], *usual[-1:]] if past[-1].is_accepted else [past[-1]]


def _compare_with(
    warehouse: Warehouse,
    run_id: str,
    as_of: date,
    past: Sequence[PastRun],
    reference: PastRun,
) -> list[Change]:
    now, before = (_read_versions(warehouse, one) for one in (run_id, reference.run_id))
    common = [model for model in now if model in before]
    figures = measure_run(warehouse, run_id, reference.run_id) | compare_runs(
        warehouse, run_id, reference.run_id, common
    )
    # Measured again and not read, as customers of short branches are left out of both runs, and no two pairs are alike.
    figures_before = measure_run(warehouse, reference.run_id, run_id) if before else reference.figures
    others = {model for model in common if now[model]["model_version"] != before[model]["model_version"]}
    months = (as_of.year - reference.as_of.year) * 12 + as_of.month - reference.as_of.month
    return [
        _evaluate(subject, point, figures_before.get(subject), past, months, subject[0] in others)
        for subject, point in sorted(figures.items())
    ]


def _evaluate(
    subject: Subject, point: Point, before: Point | None, past: Sequence[PastRun], months: int, is_other: bool
) -> Change:
    """Hold one figure to its bounds; `is_other`: another version of the model scored the run before."""
    measure = find_measure(*subject)
    usual = [one for one in past if not one.is_accepted]
    values = [one.figures[subject] for one in usual if subject in one.figures]
    moves = [one.moves[subject] for one in usual if subject in one.moves]
    bounds = find_bounds(measure, point, before, values, moves, months)
    state = bounds.evaluate(point.value) if bounds else "unchecked"
    return Change(subject, point, bounds, "other_version" if is_other and measure.is_of_scores else state)


_WORST_LAST = ("usual", "other_version", "unchecked", "warned", "stopped")


def _choose_mildest(changes: Sequence[Change]) -> list[Change]:
    """Return each figure once, as the comparison says in which it moved least."""
    worst_first = sorted(changes, key=lambda one: _WORST_LAST.index(one.state), reverse=True)
    return [change for _, change in sorted({one.subject: one for one in worst_first}.items())]


def _list_whole_stops(now: Mapping[str, Mapping[str, Any]], before: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Return a sentence for a run without any score, and for each model that has lost its champion."""
    stops = [
        f"model {name} has no champion now, and version {row['model_version']} scored the run before: "
        "is KCRM_MLFLOW_URI the right registry?"
        for name, row in before.items()
        if row["model_version"] is not None and now.get(name, row)["model_version"] is None
    ]
    if any(row["model_version"] is not None for row in now.values()) and not any(
        row["scored_count"] for row in now.values()
    ):
        causes = sorted({row["stale_cause"] for row in now.values() if row["stale_cause"]})
        told = f" (cause {', '.join(causes)})" if causes else ""
        stops.append(f"no customer is scored by any model{told}")
    return stops


def _describe_versions(warehouse: Warehouse, versions: Mapping[str, Mapping[str, Any]], before: PastRun) -> list[str]:
    """Return a sentence for each model that another version scores than before."""
    return [
        f"Version {versions[name]['model_version']} of {name} scores instead of {row['model_version'] or 'no champion'}"
        ", so its scores are not compared; status, lists, classes and alerts are."
        for name, row in _read_versions(warehouse, before.run_id).items()
        if name in versions
        and versions[name]["model_version"] is not None
        and versions[name]["model_version"] != row["model_version"]
    ]


def _read_versions(warehouse: Warehouse, run_id: str) -> dict[str, dict[str, Any]]:
    rows = warehouse.read("publishing/model_versions", run_id=run_id).to_pylist()
    return {row["model_name"]: row for row in rows}


def _is_young(warehouse: Warehouse, as_of: date) -> bool:
    first = warehouse.read("scoring/first_month", as_of=as_of)["first_month"][0].as_py()
    return first is None or (as_of.year - first.year) * 12 + as_of.month - first.month < _YOUNG_MONTHS


def _show(measure: Measure, value: float) -> str:
    """Return a number of customers or an amount in full, and a share or score with three digits."""
    return f"{value:,.0f}" if measure.noise == COUNT or abs(value) >= 100 else f"{value:.3g}"
