"""Score: every candidate by the champions, with exact reasons, as a run that nobody reads until it is published."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import date

import pyarrow as pa

from models.declare.spec import ModelSpec
from pipelines.errors import ModelError, PublicationError
from pipelines.features.build import describe_as_ofs
from pipelines.learning.populations import read_candidates
from pipelines.learning.registry import Registry, Version
from pipelines.learning.seals import combine_seal, refuse_unknown_seal
from pipelines.learning.specs import load_spec, load_specs, named_errors
from pipelines.ledger.runs import find_open_run, open_run
from pipelines.rules.apply import forget_rules
from pipelines.rules.families.data_quality import FreshnessParameters
from pipelines.scoring.feeds import find_cause, list_stale_feeds
from pipelines.scoring.no_champion import CAUSE as NO_CHAMPION
from pipelines.scoring.no_champion import warn_of_no_champion
from pipelines.scoring.score_rows import refuse_unscored, stamp, tabulate_scores
from pipelines.scoring.scorer import Scorer
from pipelines.scoring.short_branches import read_short_customers, withhold_short
from pipelines.settings import Settings, add_months
from pipelines.warehouse import Warehouse

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class ScoreResult:
    """The run that was written, how many rows of scores it has over all models, and the models without a champion."""

    run_id: str
    row_count: int
    without_champion: tuple[str, ...] = ()


def score_customers(warehouse: Warehouse, as_of: date, settings: Settings) -> ScoreResult:
    """Score with every model's champion into the open run of `as_of`; without a champion its customers are withheld."""
    registry, specs = Registry(settings), load_specs()
    found = {name: registry.find_champion(name) for name in specs}
    champions = [champion for champion in found.values() if champion is not None]
    for champion in champions:
        refuse_unknown_seal(warehouse, champion.spec.name, champion.version, champion.seal)
        refuse_absent_features(warehouse, champion)
        warn_of_foreknowledge(champion, as_of)
    without = [spec for name, spec in specs.items() if found[name] is None]
    warn_of_no_champion(warehouse, as_of, without, settings)
    describe_as_ofs(warehouse, [add_months(as_of, -1)], settings.rulebook)
    run_id = open_run(warehouse, as_of)
    stale = list_stale_feeds(warehouse, as_of, settings.rulebook.get(FreshnessParameters), specs)
    rows = sum(score_model(warehouse, champion, as_of, run_id, settings, stale) for champion in champions)
    rows += sum(withhold_model(warehouse, spec, as_of, run_id) for spec in without)
    return ScoreResult(run_id, rows, tuple(spec.name for spec in without))


def withhold_model(warehouse: Warehouse, spec: ModelSpec, as_of: date, run_id: str) -> int:
    """Write the candidates of a model without a champion under the run, none of them scored; return how many."""
    candidates = read_candidates(warehouse, spec, as_of).withhold_not_excluded(NO_CHAMPION)
    partition = {"run_id": run_id, "model_name": spec.name}
    with warehouse.transaction():
        refuse_ended(warehouse, run_id, as_of)
        forget_rules(warehouse, run_id)
        warehouse.replace("crm.reasons_v1", [], partition)
        warehouse.replace("crm.scores_v1", stamp(candidates.rows, partition | {"as_of": as_of}), partition)
        warehouse.replace("ops.run_models", [], partition)
    return len(candidates)


def score_model(
    warehouse: Warehouse, champion: Version, as_of: date, run_id: str, settings: Settings, stale: list[str]
) -> int:
    """Write one model's scores and reasons under the run, both or none; return how many customers it speaks of.

    The features pass by in batches: of all customers only ids and raw scores stay in memory. Where a feed that the
    model depends on is among the `stale` ones, every candidate is withheld; where the delivery of one branch was short,
    the eligible customers of that branch are.
    """
    name = champion.spec.name
    keys, partition = {"run_id": run_id, "as_of": as_of, "model_name": name}, {"run_id": run_id, "model_name": name}
    candidates = read_candidates(warehouse, champion.spec, as_of)
    if (cause := find_cause(load_spec(name), stale)) is not None:  # the feeds declared today, not when it was trained
        candidates = candidates.withhold_all(cause)
    candidates = withhold_short(candidates, load_spec(name), read_short_customers(warehouse, as_of))
    with named_errors(name):
        scorer = Scorer(champion, candidates.index_eligible(), candidates.eligible, settings)
    with warehouse.transaction(), named_errors(name):
        refuse_ended(warehouse, run_id, as_of)
        forget_rules(warehouse, run_id)
        warehouse.replace("crm.reasons_v1", [], partition)
        now = scorer.score_month(warehouse, as_of, lambda told: warehouse.append("crm.reasons_v1", stamp(told, keys)))
        refuse_unscored(name, as_of, now)
        base = scorer.base
        before = scorer.score_month(warehouse, add_months(as_of, -1))
        scores = tabulate_scores(champion, candidates, now, before, base)
        warehouse.replace(
            "crm.scores_v1", (rows for part in scores for rows in stamp(part, keys).to_batches()), partition
        )
        warehouse.analyze("crm.reasons_v1")
        record_run_model(warehouse, run_id, champion)
    logger.info("score: %d of %d candidates of %s scored as of %s", len(now), len(candidates), name, as_of)
    return len(candidates)


def record_run_model(warehouse: Warehouse, run_id: str, champion: Version) -> None:
    """Write to ops.run_models which version scores the run, with the seal of its files."""
    key = {"run_id": run_id, "model_name": champion.spec.name}
    row = {**key, "model_version": champion.version, "seal": combine_seal(champion.seal)}
    warehouse.replace("ops.run_models", pa.Table.from_pylist([row]), key)


def warn_of_foreknowledge(champion: Version, as_of: date) -> None:
    """Say when a past month is scored by a champion that has learnt from what came after it."""
    if champion.trained_as_of > as_of:
        logger.warning(
            "score: champion %s of %s learnt from answers up to %s, after this as_of %s: these scores are no test of "
            "it, and crm.scores says so in model_as_of",
            champion.version,
            champion.spec.name,
            champion.trained_as_of,
            as_of,
        )


def refuse_ended(warehouse: Warehouse, run_id: str, as_of: date) -> None:
    """Refuse to write into a run that is no longer open: another process has published it meanwhile."""
    warehouse.lock("ops.runs")
    if find_open_run(warehouse, as_of) != run_id:
        raise PublicationError(f"run {run_id} is no longer open, so nothing may be written to it. Score again.")


def refuse_absent_features(warehouse: Warehouse, champion: Version) -> None:
    """Refuse to score when the warehouse lacks a feature that the champion reads; nothing is filled in."""
    absent = sorted(set(champion.spec.feature_names) - set(warehouse.columns("features.customer_features")))
    if absent:
        raise ModelError(
            f"champion {champion.version} of {champion.spec.name} reads features that the warehouse has not: "
            f"{', '.join(absent)}. Declare them again in sql/features/dictionary.csv, or train a new version."
        )
