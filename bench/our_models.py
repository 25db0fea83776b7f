"""Our side of learning, scoring and explaining: the functions that the steps are made of."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from datetime import date
from typing import Any

import lightgbm as lgb
import numpy as np
import pandas as pd

from bench.clock import Clock
from bench.place import open_place
from models.declare.catalog import MODELS
from models.declare.examples import arrange_examples
from models.explain.reasons import build_explainer
from models.learn.fitted import read_model
from models.learn.learner import fit_trees, score_raw
from pipelines.learning.frames import gather_frame
from pipelines.learning.registry import Registry, Version
from pipelines.learning.specs import load_spec
from pipelines.learning.train import read_examples
from pipelines.settings import Settings
from pipelines.warehouse import Warehouse

MOST_EXPLAINED = 100_000  # customers whose reasons are compared: LightGBM takes half a minute a model for so many


def learn(clock: Clock, model_name: str, as_of: str) -> dict[str, Any]:
    """Time reading and arranging the examples and the fit that scores."""
    settings, warehouse = open_place()
    spec = load_spec(model_name)
    with warehouse, clock.running():
        frame = read_examples(warehouse, spec, date.fromisoformat(as_of), spec.feature_names)
        examples = arrange_examples(frame, spec.feature_names)
        text = fit_trees(spec, examples, settings.num_threads)
    return {"rows": len(examples), "trees": hash_trees(text)}


def score(clock: Clock, as_of: str) -> dict[str, Any]:
    """Time reading every described customer, batch by batch, and scoring each batch, by every champion in turn."""
    settings, warehouse = open_place()
    champions = load_champions(settings)
    rows, total = 0, 0.0
    with warehouse, clock.running():
        for champion in champions:
            boosters = load_boosters(champion)
            for frame in _stream_frames(warehouse, champion, as_of, settings.batch_rows):
                for booster in boosters:
                    raw = score_raw(booster, frame, settings.num_threads)
                    rows, total = rows + len(raw), total + float(raw.sum())
    return {"rows": rows, "raw": total}


def explain(clock: Clock, as_of: str, answer: str) -> dict[str, Any]:
    """Time the reasons of the customers read, by every champion in turn; write their values to a file."""
    settings, warehouse = open_place()
    found = []
    with warehouse:
        for champion in load_champions(settings):
            frame = read_described(warehouse, champion, as_of, MOST_EXPLAINED)[list(champion.spec.feature_names)]
            for booster in load_boosters(champion):
                with clock.running():
                    explainer = build_explainer(booster)
                for start in range(0, len(frame), settings.batch_rows):
                    rows = frame.iloc[start : start + settings.batch_rows]
                    with clock.running():
                        found.append(explainer.explain(rows, settings.num_threads))
    np.save(answer, np.concatenate(found))
    return {"rows": sum(len(part) for part in found)}


def load_champions(settings: Settings) -> list[Version]:
    """Return every model's champion."""
    registry = Registry(settings)
    return [registry.load_champion(name) for name in MODELS]


def load_boosters(champion: Version) -> list[lgb.Booster]:
    """Return the trees of a champion, those on ranks too: here all are timed on the values themselves."""
    return [part.booster for part in read_model(champion.model_text).parts if part.linear is None]


def read_described(warehouse: Warehouse, champion: Version, as_of: str, most: int | None = None) -> pd.DataFrame:
    """Return the customers described as of the day, `most` at most, with the features that the champion reads."""
    whole = pd.concat(_stream_frames(warehouse, champion, as_of, 50_000), ignore_index=True)
    return whole if most is None else whole.head(most)


def _stream_frames(warehouse: Warehouse, champion: Version, as_of: str, batch_rows: int) -> Iterator[pd.DataFrame]:
    day = date.fromisoformat(as_of)
    for batch in warehouse.stream("features/described_customers", batch_rows, as_of=day):
        yield gather_frame([batch], ("customer_id",), champion.spec.feature_names)


def hash_trees(model_text: str) -> int:
    """Return a number for the trees of a model's text, without the parameters behind them, which name the threads."""
    return zlib.crc32(model_text.split("\nparameters:")[0].encode())
