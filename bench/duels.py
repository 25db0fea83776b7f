"""Every row with a rival: the step, who it is held against, and the aim."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from bench.duel import count_rounds, fight, report, take_turns
from bench.places import AS_OF, Place
from bench.processes import run_job
from bench.rows import Aim, Row, compare
from models.declare.catalog import MODELS

DAY = AS_OF.isoformat()
TOLERANCE = 1e-5

VALIDATE = Aim("slower", 3)
PANDAS = Aim("faster", 5)
FEATURETOOLS = Aim("faster", 20)
NAIVE = Aim("faster", 4)
LIMIT = Aim("slower", 20)
TRAIN = Aim("slower", 1.3)
SCORE = Aim("slower", 1.5)
REASONS = Aim("faster", 5)
PUBLISH = Aim("slower", 1.5)


def duel_validate(place: Place) -> Iterator[Row]:
    """Validate beside the same checks as one aggregate query."""
    yield fight(
        "validate",
        place,
        lambda: place.run("validate", as_of=DAY),
        "the same checks in one query by hand",
        lambda: place.run("ask_once", query="validate_by_hand", as_of=DAY),
        VALIDATE,
    )


def duel_features(place: Place) -> Iterator[Row]:
    """Features beside the limit of the engine."""
    own, limit = take_turns(
        lambda: place.run("describe", as_of=DAY, with_facts=False),
        lambda: place.run("ask_once", query="bare_sums", as_of=DAY),
        count_rounds(place.customers),
    )
    rival = "one bare sum of the same columns"
    yield compare("features", place.engine, place.size, own.measured, rival, limit.measured, LIMIT)


def duel_naive(place: Place) -> Iterator[Row]:
    """Facts and features beside one filtered aggregate a statistic, on DuckDB."""
    yield fight(
        "facts + features",
        place,
        lambda: place.run("describe", as_of=DAY, with_facts=True),
        "one filtered aggregate a statistic",
        lambda: place.run("describe_naively", as_of=DAY),
        NAIVE,
    )


def duel_pandas(place: Place) -> Iterator[Row]:
    """Facts and features beside pandas groupby."""
    yield fight(
        "facts + features",
        place,
        lambda: place.run("describe", as_of=DAY, with_facts=True),
        "pandas groupby",
        lambda: place.run("describe_by_pandas", as_of=DAY),
        PANDAS,
    )


def duel_featuretools(place: Place, python: Path) -> Iterator[Row]:
    """Facts and features beside featuretools, which runs in an environment of its own."""
    flows = place.folder / "flows.parquet"
    place.run("keep_flows", as_of=DAY, to=str(flows))
    yield fight(
        "facts + features",
        place,
        lambda: place.run("describe", as_of=DAY, with_facts=True),
        "featuretools dfs",
        lambda: run_job(
            "describe", {}, python=python, module="bench.featuretools_rival", as_of=DAY, transactions=str(flows)
        ),
        FEATURETOOLS,
        rounds=1,  # half a minute or more
    )


def duel_train(place: Place) -> Iterator[Row]:
    """Every model's reading, arranging and fit beside bare lgb.train."""
    for name in MODELS:
        yield fight(
            f"train {name}",
            place,
            lambda name=name: place.run("learn", model_name=name, as_of=DAY),  # type: ignore[misc]  # bound here
            "bare lgb.train on an array",
            lambda name=name: place.run("learn_bare", model_name=name, as_of=DAY),  # type: ignore[misc]  # likewise
            TRAIN,
        )


def duel_score(place: Place) -> Iterator[Row]:
    """Reading and scoring every described customer by both champions beside bare Booster.predict."""
    yield fight(
        "score",
        place,
        lambda: place.run("score", as_of=DAY),
        "bare Booster.predict on an array",
        lambda: place.run("predict_bare", as_of=DAY),
        SCORE,
    )


def duel_reasons(place: Place) -> Iterator[Row]:
    """Exact reasons beside LightGBM's own contributions; met asks that no value differs by more than TOLERANCE."""
    files = [str(place.folder / f"{name}.npy") for name in ("explained", "contributed")]
    own, other = take_turns(
        lambda: place.run("explain", as_of=DAY, answer=files[0]),
        lambda: place.run("contribute", as_of=DAY, answer=files[1]),
        count_rounds(place.customers),
    )
    gap = float(np.abs(np.load(files[0]) - np.load(files[1])).max())
    rival = f"predict(pred_contrib=True), differs by {gap:.0e}"
    is_equal = gap <= TOLERANCE
    yield compare("reasons", place.engine, place.size, own.measured, rival, other.measured, REASONS, is_equal)


def duel_publish(place: Place) -> Iterator[Row]:
    """Writing a run's scores and reasons and turning the pointer beside the engine's own bulk load."""
    place.run("keep_run", folder=str(place.folder))
    yield fight(
        "publish",
        place,
        lambda: place.run("publish", as_of=DAY, folder=str(place.folder)),
        "INSERT from Arrow" if place.engine == "duckdb" else "COPY",
        lambda: place.run("load_in_bulk", folder=str(place.folder)),
        PUBLISH,
    )


def report_training(place: Place) -> Iterator[Row]:
    """Train every model with its out-of-time test, and promote it: the benchmark needs a champion, good or not."""
    for name in MODELS:
        ended = place.step("train", model_name=name)
        place.run("promote", model_name=name, version=ended.found["version"])
        yield report(f"train {name}, with its test", place, ended)
