"""Bare LightGBM: the same training, prediction and contributions on an array that is in memory already."""

from __future__ import annotations

from datetime import date
from typing import Any

import lightgbm as lgb
import numpy as np
from numpy.typing import NDArray

from bench.clock import Clock
from bench.our_models import MOST_EXPLAINED, hash_trees, load_boosters, load_champions, read_described
from bench.place import open_place
from models.declare.examples import Examples, arrange_examples
from models.declare.spec import ModelSpec
from models.learn.learner import choose_trees, lightgbm_params, limit_threads, weigh_rows
from pipelines.learning.specs import load_spec
from pipelines.learning.train import read_examples


def learn_bare(clock: Clock, model_name: str, as_of: str) -> dict[str, Any]:
    """Time lgb.train on an array that is in memory already."""
    settings, warehouse = open_place()
    spec = load_spec(model_name)
    with warehouse:
        frame = read_examples(warehouse, spec, date.fromisoformat(as_of), spec.feature_names)
    examples = arrange_examples(frame, spec.feature_names)
    array, label = examples.features.to_numpy(), examples.label.astype(np.float32)
    with clock.running():
        booster = train_bare(spec, examples, array, label, settings.num_threads)
    return {"rows": len(examples), "trees": hash_trees(booster.model_to_string())}


def train_bare(
    spec: ModelSpec, examples: Examples, array: NDArray[np.float32], label: NDArray[np.float32], num_threads: int
) -> lgb.Booster:
    """Train as fit_trees does, on an array: same rows, weights and parameters."""
    trees, threads = choose_trees(spec, examples), limit_threads(len(examples), num_threads)
    names = list(spec.feature_names)
    data = lgb.Dataset(array, label=label, weight=weigh_rows(spec, examples), feature_name=names)
    return lgb.train(lightgbm_params(spec, trees, threads), data, num_boost_round=trees.num_rounds)


def predict_bare(clock: Clock, as_of: str) -> dict[str, Any]:
    """Time Booster.predict on the array of every described customer, by every champion in turn."""
    settings, warehouse = open_place()
    rows, total = 0, 0.0
    with warehouse:
        for champion in load_champions(settings):
            array = read_described(warehouse, champion, as_of)[list(champion.spec.feature_names)].to_numpy()
            for booster in load_boosters(champion):
                with clock.running():
                    raw = np.asarray(booster.predict(array, raw_score=True, num_threads=settings.num_threads))
                rows, total = rows + len(raw), total + float(raw.sum())
    return {"rows": rows, "raw": total}


def contribute(clock: Clock, as_of: str, answer: str) -> dict[str, Any]:
    """Time LightGBM's own contributions of the customers read; write them to a file."""
    settings, warehouse = open_place()
    found = []
    with warehouse:
        for champion in load_champions(settings):
            frame = read_described(warehouse, champion, as_of, MOST_EXPLAINED)[list(champion.spec.feature_names)]
            array = frame.to_numpy()
            for booster in load_boosters(champion):
                with clock.running():
                    contributions = booster.predict(array, pred_contrib=True, num_threads=settings.num_threads)
                found.append(np.asarray(contributions))
    np.save(answer, np.concatenate([part[:, :-1] for part in found]))
    return {"rows": sum(len(part) for part in found)}
