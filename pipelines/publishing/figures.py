"""Figures: what a run says in a few numbers, and what the last published runs said and moved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np

from models.measure.stability import GROUPS, compute_psi, correlate_ranks, measure_top_kept
from pipelines.ledger.runs import WITH_ROWS, read_publications, stack_publications
from pipelines.publishing.bounds import Point
from pipelines.warehouse import Warehouse

Subject = tuple[str, str]  # a model or a table of the CRM, and the measure
_RUNS, _MONTHS = 12, 36
LEAST_SCORED = 2 * GROUPS  # of fewer customers no distribution is compared


@dataclass(frozen=True)
class PastRun:
    """A published run of an as-of date before: its figures, what they moved, and whether a person let it through."""

    run_id: str
    as_of: date
    figures: Mapping[Subject, Point]
    moves: Mapping[Subject, float] = field(default_factory=dict)
    is_accepted: bool = False


def measure_run(warehouse: Warehouse, run_id: str, other_run_id: str = "") -> dict[Subject, Point]:
    """Return the figures of one run, of the customers whose branch delivered enough in it and in the other run."""
    other = other_run_id or run_id
    rows = warehouse.read("publishing/measures_of_run", run_id=run_id, other_run_id=other).to_pylist()
    return {(row["subject"], row["measure"]): Point(row["value"], row["sample"]) for row in rows}


def compare_runs(warehouse: Warehouse, run_id: str, before_id: str, models: Iterable[str]) -> dict[Subject, Point]:
    """Return the figures that compare a run with one before: distributions, ranks and names on the lists."""
    figures: dict[Subject, Point] = {}
    for model in models:
        for measure, point in _compare_scores(warehouse, run_id, before_id, model).items():
            figures[model, measure] = point
    for row in warehouse.read("publishing/kept_on_lists", run_id=run_id, previous_run_id=before_id).to_pylist():
        figures["care_lists", f"{row['list']}_kept_share"] = Point(row["kept_share"], row["customer_count"])
    return figures


def read_past_runs(warehouse: Warehouse, as_of: date) -> list[PastRun]:
    """Return the published runs that stand of the last twelve as-of dates before `as_of`, latest last.

    A run of before this table came is measured now, if it is the latest and its rows are there.
    """
    stack = stack_publications(read_publications(warehouse))
    standing = {one.as_of: one for one in stack if one.as_of < as_of}  # of an as-of date the last one published
    first = as_of.replace(year=as_of.year - _MONTHS // 12)
    rows = warehouse.read("publishing/past_measures", first=first, as_of=as_of).to_pylist()
    by_run: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        by_run.setdefault(row["run_id"], []).append(row)
    chosen = [standing[day] for day in sorted(standing)][-_RUNS:]
    past = [_gather(one.run_id, one.as_of, by_run[one.run_id]) for one in chosen if one.run_id in by_run]
    latest = chosen[-1] if chosen else None
    if latest is not None and latest.run_id not in by_run and latest.state in WITH_ROWS:
        past.append(PastRun(latest.run_id, latest.as_of, measure_run(warehouse, latest.run_id)))
    return past


def _gather(run_id: str, as_of: date, rows: Sequence[Mapping[str, Any]]) -> PastRun:
    named = {(row["subject"], row["measure"]): row for row in rows}
    return PastRun(
        run_id,
        as_of,
        {subject: Point(row["value"], row["sample"]) for subject, row in named.items()},
        {subject: row["change"] for subject, row in named.items() if row["change"] is not None},
        any(row["state"] == "accepted" for row in rows),
    )


def _compare_scores(warehouse: Warehouse, run_id: str, before_id: str, model: str) -> dict[str, Point]:
    rows = warehouse.read(
        "publishing/scores_of_two_runs", run_id=run_id, previous_run_id=before_id, model_name=model
    ).to_pandas()
    before, now = (rows[name].dropna().to_numpy() for name in ("score_before", "score"))
    both = rows.dropna()
    figures: dict[str, Point] = {}
    if min(len(before), len(now)) >= LEAST_SCORED:
        figures["psi"] = Point(compute_psi(before, now), min(len(before), len(now)))
    if len(both) >= LEAST_SCORED:
        raw = [both[name].to_numpy() for name in ("raw_score_before", "raw_score")]
        kept, count = measure_top_kept(*raw)
        figures["rank_correlation"] = Point(correlate_ranks(*raw), len(both))
        figures["mean_move"] = Point(float(np.abs(raw[1] - raw[0]).mean()), len(both))
        figures["top_decile_kept_share"] = Point(kept, count)
    return figures
