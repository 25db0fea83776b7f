"""The challenge: a new version against the present champion, on rows that neither had learnt from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from models.declare.examples import arrange_examples
from models.learn.fitted import read_model
from models.measure.evaluation import Evaluation, compare_pairs
from models.measure.training import Protocol, TrainedModel


@dataclass(frozen=True)
class Champion:
    """What a challenge needs of the champion."""

    model_text: str
    feature_names: Sequence[str]
    trained_as_of: date


def compare_champion(
    trained: TrainedModel, champion: Champion, frame: pd.DataFrame, protocol: Protocol
) -> Evaluation | None:
    """Compare on the tested rows of as_ofs from the champion's own training on, paired; None when they say nothing.

    The champion scores these rows as it stands: it had been fitted before any of their answers began. The challenger's
    scores are those of its out-of-time test, so it had not seen them either. Older rows would favour the champion,
    which learnt from them. `frame` holds the examples with the features of both.
    """
    everything = arrange_examples(frame, champion.feature_names)
    rows = everything.take(np.isin(everything.as_of, trained.tested.rows.as_of))
    fresh = (rows.as_of >= np.datetime64(champion.trained_as_of, "D")) & rows.is_scored
    if not 0 < rows.label[fresh].sum() < fresh.sum():
        return None
    scores = read_model(champion.model_text).score_months(rows.features, rows.as_of, protocol.num_threads)
    theirs = scores[fresh]
    ours = trained.tested.raw["model"][fresh]
    seed, rounds = trained.spec.trees.seed, protocol.bootstrap_rounds
    return compare_pairs("test", "champion", rows.take(fresh), ours, theirs, rounds=rounds, seed=seed)
