"""Champions fitted on made-up rows in an instant, for tests of what comes after training."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from models.declare.catalog import MODELS
from models.declare.examples import arrange_examples
from models.declare.spec import ModelSpec, TreeParams
from models.learn.calibration import Calibration
from models.learn.choice import choose_default
from models.learn.fit import fit_model
from models.learn.fitted import write_model
from pipelines.learning.registry import Registry, Version
from pipelines.learning.specs import load_spec
from pipelines.settings import Settings
from tests.pipelines.small_bank import LADDER_START


def promote_all(settings: Settings) -> None:
    """Give every model a champion."""
    registry = Registry(settings)
    for name in MODELS:
        registry.promote(name, registry.register(make_version(load_spec(name))), approved_by="test")


def make_version(declared: ModelSpec) -> Version:
    """Fit the default parts, with a few trees, on made-up rows."""
    spec = replace(declared, trees=TreeParams(num_rounds=8, learning_rate=0.2, min_data_in_leaf=10))
    generator = np.random.default_rng(1)
    frame = pd.DataFrame(generator.lognormal(1, 1, (400, len(spec.features))), columns=list(spec.feature_names))
    frame["label"] = frame[spec.momentum_feature] > frame[spec.momentum_feature].median()
    frame["as_of"], frame["is_scored_population"] = LADDER_START, True
    frame["customer_id"] = [f"X{number:03d}" for number in range(400)]
    model = fit_model(spec, arrange_examples(frame, spec.feature_names), choose_default(), 1)
    return Version(
        spec=spec,
        model_text=write_model(model),
        calibration=Calibration(0.8, -0.5, "out_of_time_scored", 400, 200),
        evaluations=(),
        trained_as_of=LADDER_START,
        identity=f"made up {spec.name}",
        card="",
    )
