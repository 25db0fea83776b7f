"""Lead time: the classes of past months held to what came, beside the rules without a model and late payments alone."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import date
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa

from models.classes.lead_time import (
    LeadTime,
    Panel,
    Sums,
    choose_cheapest,
    compare_caught,
    cost_of,
    measure_policy,
    summarize_policy,
)
from models.declare.catalog import CLASSES_MODEL
from models.declare.examples import BoolArray
from models.declare.spec import ModelSpec
from models.measure.bootstrap import draw_customers
from pipelines.early_warning.past import Past, read_past
from pipelines.early_warning.replay import Replay, open_replay
from pipelines.errors import ModelError
from pipelines.learning.specs import load_spec, set_labels
from pipelines.rules.families.early_warning import ClassParameters
from pipelines.rules.rulebook import Rulebook
from pipelines.settings import Settings
from pipelines.warehouse import Warehouse

EDGES = (0.05, 0.08, 0.10, 0.125, 0.15, 0.20, 0.25, 0.30, 0.40)
FALLING_EDGES = tuple(0.5 * 0.8**step for step in range(16))  # down to 0.018
SEED = 17
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Prices:
    """What an event costs that nobody foresaw a month ahead, and what an alarm for nothing costs, in the same unit."""

    miss: float = 10.0
    alarm: float = 1.0

    def __post_init__(self) -> None:
        if not all(math.isfinite(price) and price > 0 for price in (self.miss, self.alarm)):
            raise ModelError(f"a miss costs {self.miss} and an alarm {self.alarm}; expected both above 0.")


@dataclass(frozen=True)
class PolicyResult:
    """One policy's measures, its rule where it is the machine, and what ours caught above it three months ahead."""

    lead_time: LeadTime
    rule: ClassParameters | None
    lead_of_ours: tuple[float, float, float]


@dataclass(frozen=True)
class Report:
    """All policies on the same customers and months; the edge was chosen on the months from `first_chosen` on."""

    as_of: date
    first_chosen: date
    first_evaluated: date
    last_evaluated: date
    prices: Prices
    policies: tuple[PolicyResult, ...]


def measure_lead_times(warehouse: Warehouse, as_of: date, settings: Settings, prices: Prices) -> Report:
    """Replay the test months of the model that classes read, evaluate the later half, and write learn.lead_times.

    Each month has the scores of models that had learnt only what was known then. The edge of watch is the one that
    costs least on the first months. ModelError where there are too few months to choose and to evaluate.
    """
    spec = set_labels(load_spec(CLASSES_MODEL), settings)
    past = read_past(warehouse, spec, as_of, settings)
    with open_replay(warehouse, past.months, settings.rulebook) as replay:
        policies = evaluate_all(replay, past, spec, settings.rulebook.get(ClassParameters), prices)
    first, last = past.evaluated.first_evaluated, past.evaluated.last_evaluated
    report = Report(as_of, past.months[0], past.months[first], past.months[last - 1], prices, policies)
    _keep(warehouse, report, settings.rulebook)
    return report


def evaluate_all(
    replay: Replay, past: Past, spec: ModelSpec, rule: ClassParameters, prices: Prices
) -> tuple[PolicyResult, ...]:
    """Return ours, the rules alone and late payments alone as they are, and both given as many alerts as ours."""

    def walk(rule: ClassParameters, panel: Panel, last: int | None = None) -> Sums:
        return summarize_policy(panel, replay.evaluate(rule, past.customers, last).is_on_watch, spec.horizon_months)

    half = past.evaluated.first_evaluated
    replay.write_scores(past.scores["model"])
    costs = {edge: cost_of(walk(set_edge(rule, edge), past.chosen, half), prices.miss, prices.alarm) for edge in EDGES}
    edge = choose_cheapest(costs)
    ours = walk(set_edge(rule, edge), past.evaluated)
    in_force = walk(rule, past.evaluated)
    bare = replay.evaluate(replace(rule, uses_score=False), past.customers)
    wanted = int(ours.alerts.sum())
    filled = fill_at_random(past.evaluated, bare.is_late, wanted, spec.horizon_months)
    replay.write_scores(past.scores["momentum"])

    @cache
    def walk_momentum(edge: float) -> Sums:
        return walk(set_edge(rule, edge), past.evaluated)

    same_edge = match_alerts(walk_momentum, wanted)
    sums = {
        "ours": (ours, set_edge(rule, edge)),
        "in_force": (in_force, rule),
        "rules": (
            summarize_policy(past.evaluated, bare.is_on_watch, spec.horizon_months),
            replace(rule, uses_score=False),
        ),
        "arrears": (summarize_policy(past.evaluated, bare.is_late, spec.horizon_months), None),
        "rules_same_alerts": (walk_momentum(same_edge), set_edge(rule, same_edge)),
        "arrears_same_alerts": (summarize_policy(past.evaluated, filled, spec.horizon_months), None),
    }
    draws = draw_customers(past.customers.to_numpy(dtype=str), 1_000, SEED)
    return tuple(
        PolicyResult(measure_policy(name, told, draws), walked, compare_caught(ours, told, draws))
        for name, (told, walked) in sums.items()
    )


def set_edge(rule: ClassParameters, edge: float) -> ClassParameters:
    """Return the rule with another edge of watch; the other edges move where they would stand on its wrong side."""
    doubtful = max(rule.doubtful_score, (1 + edge) / 2)
    lower = {name: min(getattr(rule, name), edge) for name in ("soft_score", "rising_score")}
    return replace(rule, watch_score=edge, doubtful_score=doubtful, **lower)


def match_alerts(walk: Callable[[float], Sums], wanted: int) -> float:
    """Return the highest edge at which a policy alerts at least as often as `wanted`, else that of most alerts."""
    counts: dict[float, float] = {}
    for edge in FALLING_EDGES:
        counts[edge] = walk(edge).alerts.sum()
        if counts[edge] >= wanted:
            return edge
    return max(counts, key=lambda edge: (counts[edge], edge))


def fill_at_random(panel: Panel, on_watch: BoolArray, wanted: int, horizon: int) -> BoolArray:
    """Return a policy with random key accounts put on watch for `horizon` months, until it alerts as often as wanted.

    So a policy that alerts less is given as many alerts as another, at no skill: what is above it is skill.
    """
    rng = np.random.default_rng(SEED)
    filled, is_key = on_watch.copy(), panel.is_key[:, : on_watch.shape[1]]
    while (missing := wanted - int(summarize_policy(panel, filled, horizon).alerts.sum())) > 0:
        free = np.argwhere(is_key[:, 1:] & ~filled[:, 1:])
        if not len(free):
            break
        for customer, month in free[rng.permutation(len(free))[:missing]]:
            filled[customer, month + 1 : month + 1 + horizon] = True
    return filled


def _keep(warehouse: Warehouse, report: Report, rulebook: Rulebook) -> None:
    rows = [
        format_row(report, evaluated) | {"rule_version": _get_version(rulebook, evaluated)}
        for evaluated in report.policies
    ]
    warehouse.replace("learn.lead_times", pa.Table.from_pylist(rows), {"as_of": report.as_of})
    logger.info("lead_time: %d policies as of %s", len(rows), report.as_of)


def _get_version(rulebook: Rulebook, evaluated: PolicyResult) -> str:
    return (
        Rulebook({**rulebook.changed, "classes": evaluated.rule}).version("classes")
        if evaluated.rule
        else "days_past_due"
    )


def format_row(report: Report, evaluated: PolicyResult) -> dict[str, Any]:
    """Return one policy's row of learn.lead_times, but for the version; None where there is no number."""
    lead, lower, upper = evaluated.lead_of_ours
    row = asdict(evaluated.lead_time) | {
        "as_of": report.as_of,
        "first_evaluated": report.first_evaluated,
        "last_evaluated": report.last_evaluated,
        "watch_score": evaluated.rule.watch_score if evaluated.rule and evaluated.rule.uses_score else None,
        "lead_of_ours": lead,
        "lead_of_ours_lower": lower,
        "lead_of_ours_upper": upper,
        "miss_cost": report.prices.miss,
        "alarm_cost": report.prices.alarm,
    }
    return {name: None if isinstance(value, float) and math.isnan(value) else value for name, value in row.items()}
