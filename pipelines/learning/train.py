"""Train: test a model out of time beside its rivals, register it, and let it score when it has earned that."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

import pandas as pd
import pyarrow as pa

from models.declare.examples import Examples, arrange_examples, fingerprint_examples
from models.declare.spec import ModelSpec, spec_to_dict
from models.learn.candidates import CANDIDATES
from models.learn.choice import describe_choice
from models.learn.fitted import FORMAT
from models.learn.learner import LEARNER_VERSION
from models.measure.card import Training, write_card
from models.measure.challenge import Champion, compare_champion
from models.measure.evaluation import evaluation_to_dict
from models.measure.gate import Decision, decide_promotion
from models.measure.training import Protocol, train
from pipelines.errors import BrokenSeal, ModelError
from pipelines.learning.draw import draw_share
from pipelines.learning.frames import gather_frame
from pipelines.learning.registry import Registry, Version
from pipelines.learning.seals import record_seal, refuse_unknown_seal
from pipelines.learning.specs import load_spec, named_errors, set_labels
from pipelines.settings import Settings
from pipelines.warehouse import Warehouse

logger = logging.getLogger(__name__)
_KEYS = ("as_of", "customer_id", "label", "is_scored_population")


@dataclass(frozen=True)
class TrainResult:
    """What became of a training; `is_champion` says whether this version scores from now on."""

    model_name: str
    version: str
    is_champion: bool
    row_count: int
    message: str


def train_model(warehouse: Warehouse, model_name: str, as_of: date, settings: Settings) -> TrainResult:
    """Train a model on all answers known before `as_of`, register it, and promote it when the gate lets it through.

    The same examples, spec and protocol are one version: training them again registers nothing new and is quick.
    """
    spec = set_labels(load_spec(model_name), settings)
    registry, protocol = Registry(settings), choose_protocol(settings)
    champion = find_champion(warehouse, registry, model_name)
    frame = read_examples(warehouse, spec, as_of, list_features(spec, champion), settings.train_customers)
    with named_errors(model_name):
        examples = arrange_examples(frame, spec.feature_names)
        identity = identify_training(spec, fingerprint_examples(examples), protocol)
        version = registry.find_version(model_name, identity)
        if version is None:
            made = build_version(spec, examples, frame, champion, protocol, identity, as_of)
            version = registry.load_version(model_name, registry.register(made))
            record_seal(warehouse, model_name, version.version, version.seal)
    refuse_unknown_seal(warehouse, model_name, version.version, version.seal)
    write_evaluations(warehouse, version)
    return decide_champion(registry, version, champion, len(examples))


def choose_protocol(settings: Settings) -> Protocol:
    """Return how models are tested here."""
    return Protocol(settings.test_months, settings.refit_every_months, settings.bootstrap_rounds, settings.num_threads)


def find_champion(warehouse: Warehouse, registry: Registry, model_name: str) -> Version | None:
    """Return the champion, if it could still score: one whose features are gone or whose files changed is ignored."""
    try:
        champion = registry.find_champion(model_name)
        if champion is None:
            return None
        refuse_unknown_seal(warehouse, model_name, champion.version, champion.seal)
    except BrokenSeal as broken:
        logger.warning("train: the champion is ignored: %s", broken)
        return None
    gone = set(champion.spec.feature_names) - set(warehouse.columns("features.customer_features"))
    if gone:
        logger.warning("train: champion %s of %s reads %d absent features", champion.version, model_name, len(gone))
        return None
    return champion


def list_features(spec: ModelSpec, champion: Version | None) -> Sequence[str]:
    """Return the features of the challenger and, behind them, those that only the champion reads."""
    return tuple(dict.fromkeys((*spec.feature_names, *(champion.spec.feature_names if champion else ()))))


def read_examples(
    warehouse: Warehouse,
    spec: ModelSpec,
    as_of: date,
    feature_names: Sequence[str],
    most_customers: int | None = None,
) -> pd.DataFrame:
    """Return the model's examples known before `as_of` with these features; none is refused.

    Of more than `most_customers` customers a share of about so many is taken, each with all its months.
    """
    binds: dict[str, Any] = {"model_name": spec.name, "label_version": spec.label_version, "as_of": as_of}
    drawn = draw_share(warehouse, as_of, most_customers)
    batches = warehouse.stream("learning/example_features", md5_below=drawn, **binds)
    with named_errors(spec.name):
        frame = gather_frame(batches, _KEYS, feature_names)
    if frame.empty:
        raise ModelError(f"{spec.name} has no examples as of {as_of}; run `kcrm examples --as-of {as_of}` first.")
    return frame


def identify_training(spec: ModelSpec, fingerprint: str, protocol: Protocol) -> str:
    """Return a SHA-256 of all that decides what a training gives; the number of threads does not."""
    made_of = {
        "spec": spec_to_dict(spec),
        "examples": fingerprint,
        "protocol": asdict(replace(protocol, num_threads=1)),
        "lightgbm": LEARNER_VERSION,
        "candidates": [asdict(candidate) for candidate in CANDIDATES.values()],
        "format": FORMAT,
    }
    return hashlib.sha256(json.dumps(made_of, sort_keys=True).encode()).hexdigest()


def build_version(
    spec: ModelSpec,
    examples: Examples,
    frame: pd.DataFrame,
    champion: Version | None,
    protocol: Protocol,
    identity: str,
    as_of: date,
) -> Version:
    """Train, compare with the champion where that says something, and write the card; nothing is registered yet."""
    trained = train(spec, examples, protocol)
    evaluations = trained.evaluations
    if champion is not None:
        present = Champion(champion.model_text, champion.spec.feature_names, champion.trained_as_of)
        compared = compare_champion(trained, present, frame, protocol)
        evaluations += () if compared is None else (compared,)
    training = Training(
        as_of, trained.tested_as_ofs, fingerprint_examples(examples), trained.calibration, trained.choice
    )
    return Version(
        spec=spec,
        model_text=trained.model_text,
        calibration=trained.calibration,
        choice=describe_choice(trained.choice),
        evaluations=evaluations,
        trained_as_of=as_of,
        identity=identity,
        card=write_card(spec, examples, training, evaluations),
        compared_with="" if champion is None else champion.version,
    )


def write_evaluations(warehouse: Warehouse, version: Version) -> int:
    """Put the version's evaluation rows into learn.evaluations, in the place of those it had."""
    partition = {"model_name": version.spec.name, "model_version": version.version}
    rows = [{**partition, **evaluation_to_dict(one)} for one in version.evaluations]
    return warehouse.replace("learn.evaluations", pa.Table.from_pylist(rows), partition)


def decide_champion(registry: Registry, version: Version, champion: Version | None, row_count: int) -> TrainResult:
    """Promote the version or keep the champion, and report which; a challenger that is not promoted is no error."""
    name = version.spec.name
    if champion is not None and champion.version == version.version:
        decision = Decision(True, "is the champion already")
    elif version.approved_by:
        decision = Decision(False, f"was champion by {version.approved_by} and has been replaced since")
    else:
        decision = evaluate_version(version, champion)
    if decision.is_promoted:
        # A champion without the tag is one whose promotion was cut off: it is completed.
        if champion is None or champion.version != version.version or not champion.approved_by:
            registry.promote(name, version.version, approved_by="gate")
        logger.info("train: version %s of %s scores from now on: %s", version.version, name, decision.why)
    else:
        stays = "no champion yet" if champion is None else f"champion {champion.version} stays"
        logger.warning("train: version %s of %s does not score, %s: %s", version.version, name, stays, decision.why)
    told = f"version {version.version} {'scores' if decision.is_promoted else 'does not score'}: {decision.why}"
    return TrainResult(name, version.version, decision.is_promoted, row_count, told)


def evaluate_version(version: Version, champion: Version | None) -> Decision:
    """Decide by the stored evaluations; a comparison with another champion than the present one is ignored."""
    present = "" if champion is None else champion.version
    counted = [e for e in version.evaluations if e.rival != "champion" or version.compared_with == present]
    return decide_promotion(counted, has_champion=champion is not None)
