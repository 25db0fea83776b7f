"""Compare: every model beside its rivals on the examples of several sources, each in a warehouse of its own."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from time import perf_counter
from typing import Any

from rich.console import Console
from rich.table import Table

from models.declare.examples import arrange_examples
from models.learn.choice import describe_choice
from models.learn.rivals import RIVALS
from models.measure.evaluation import DIFFERENCE, DIFFERENCE_WITHIN, Evaluation, evaluation_to_dict, find_evaluation
from models.measure.training import Protocol, train
from pipelines.errors import ModelError
from pipelines.learning.specs import load_specs, named_errors, set_labels
from pipelines.learning.train import read_examples
from pipelines.settings import Settings, load_settings
from pipelines.warehouse import Warehouse, open_warehouse

DEFAULT_SOURCE = "demo_bank"
SPLIT = "test"
MOST_MONTHS = 1_200  # all as-of dates that the embargo allows are tested
_METRICS = ("roc_auc", "roc_auc_within", "average_precision", "lift_top_decile")
_END = date(9000, 1, 1)  # after every answer that a warehouse can hold


@dataclass(frozen=True)
class Comparison:
    """One model on one source: its figures and its rivals' on the scored population, and how it learnt."""

    source: str
    model: str
    row_count: int
    event_count: int
    choice: str
    minutes: float
    evaluations: tuple[Evaluation, ...]

    def find(self, learner: str, metric: str) -> Evaluation:
        """Return one figure; ModelError where the learner has none."""
        found = find_evaluation(self.evaluations, SPLIT, learner, metric)
        if found is None:
            raise ModelError(f"{self.model} of {self.source} has no {metric} of {learner}: no scored row was tested.")
        return found


def compare_sources(sources: Sequence[str], settings: Settings) -> list[Comparison]:
    """Train every model on the examples of each source by the test of `kcrm train`; nothing is registered.

    A source's warehouse is the one that `make demo SOURCE=...` fills, var/<source>. ModelError where it is missing.
    """
    return [found for source in sources for found in _compare_source(locate_source(source, settings))]


def locate_source(source: str, settings: Settings) -> Settings:
    """Return the settings of a source beside the one in force, with the warehouse of its own folder."""
    if source == settings.source:
        return settings
    root = settings.var if settings.source == DEFAULT_SOURCE else settings.var.parent
    folder = root if source == DEFAULT_SOURCE else root / source
    kept = {name: value for name, value in os.environ.items() if name not in ("KCRM_WAREHOUSE_URL", "KCRM_MLFLOW_URI")}
    found = load_settings(environment={**kept, "KCRM_SOURCE": source, "KCRM_VAR": str(folder)})
    if not (folder / "kcrm.duckdb").is_file():
        raise ModelError(
            f"source {source} has no warehouse at {folder}; run `make demo SOURCE={source} DATA=...` first."
        )
    return found


def _compare_source(settings: Settings) -> list[Comparison]:
    with open_warehouse(settings.warehouse_url, settings.memory_limit) as warehouse:
        return list(compare_models(warehouse, settings))


def compare_models(warehouse: Warehouse, settings: Settings) -> Iterator[Comparison]:
    """Yield the comparison of every model on the examples of one warehouse, all whose answers it holds."""
    for declared in load_specs().values():
        spec, started = set_labels(declared, settings), perf_counter()
        frame = read_examples(warehouse, spec, _END, spec.feature_names, settings.train_customers)
        with named_errors(spec.name):
            trained = train(spec, arrange_examples(frame, spec.feature_names), choose_protocol(settings))
        tested = trained.tested.rows
        yield Comparison(
            source=settings.source,
            model=spec.name,
            row_count=int(tested.is_scored.sum()),
            event_count=int(tested.label[tested.is_scored].sum()),
            choice=describe_choice(trained.choice),
            minutes=(perf_counter() - started) / 60,
            evaluations=trained.evaluations,
        )


def choose_protocol(settings: Settings) -> Protocol:
    """Return the test over all as-of dates that the embargo allows, refitted as the settings say."""
    return Protocol(MOST_MONTHS, settings.refit_every_months, settings.bootstrap_rounds, settings.num_threads)


def print_comparisons(console: Console, comparisons: Sequence[Comparison]) -> None:
    """Print one table over sources, models and learners, and how each model learnt."""
    table = Table(title="Scored population, out of time; 95 % intervals by customer")
    for name in (
        "source, model",
        "learner",
        "ROC AUC",
        "within months",
        "average precision",
        "lift",
        "ahead",
        "within",
    ):
        table.add_column(name, overflow="fold")
    for one in comparisons:
        head = f"{one.source}, {one.model}\n{one.row_count} rows, {one.event_count} events"
        for learner in ("model", *RIVALS):
            table.add_row(head if learner == "model" else "", learner, *_list_cells(one, learner))
        table.add_section()
    for learner in ("model", *RIVALS):
        means = [average(comparisons, learner, metric) for metric in _METRICS]
        table.add_row("mean" if learner == "model" else "", learner, *(f"{mean:.3f}" for mean in means), "", "")
    console.print(table)
    for one in comparisons:
        console.print(
            f"{one.source}, {one.model}: {one.choice}; {one.minutes:.1f} minutes", markup=False, soft_wrap=True
        )


def average(comparisons: Sequence[Comparison], learner: str, metric: str) -> float:
    """Return the mean of a figure over sources and models."""
    return sum(one.find(learner, metric).value for one in comparisons) / len(comparisons)


def write_comparisons(path: Path, comparisons: Sequence[Comparison]) -> None:
    """Write everything measured as JSON."""
    rows = [
        asdict(one) | {"evaluations": [evaluation_to_dict(figure) for figure in one.evaluations]} for one in comparisons
    ]
    means: Mapping[str, Any] = {
        learner: {metric: average(comparisons, learner, metric) for metric in _METRICS}
        for learner in ("model", *RIVALS)
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"comparisons": rows, "means": means}, indent=1), encoding="utf-8")


def _list_cells(one: Comparison, learner: str) -> list[str]:
    told = [one.find(learner, metric) for metric in _METRICS]
    cells = [f"{figure.value:.3f} ({figure.lower:.3f}-{figure.upper:.3f})" for figure in told[:3]]
    cells.append(f"{told[3].value:.1f}")
    if learner == "model":
        return [*cells, "", ""]
    ahead = [one.find(learner, metric) for metric in (DIFFERENCE, DIFFERENCE_WITHIN)]
    return [*cells, *(f"{figure.value:+.3f} ({figure.lower:+.3f} to {figure.upper:+.3f})" for figure in ahead)]
