"""The boosting rival is the library's own, but for the binning, which is ours."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score

from models.declare.examples import Examples, arrange_examples
from models.declare.spec import ModelSpec
from models.learn.rivals import learn_boosting
from pipelines.learning.specs import load_spec


def make_examples(spec: ModelSpec, seed: int) -> Examples:
    """Draw 3,000 customers of whom three features, one with gaps and one of few values, tell the label."""
    generator = np.random.default_rng(seed)
    frame = pd.DataFrame(generator.lognormal(1, 1, (3000, len(spec.features))), columns=list(spec.feature_names))
    frame.iloc[:, 1] = generator.integers(0, 4, 3000)
    frame.iloc[generator.random(3000) < 0.3, 0] = np.nan
    total = frame.iloc[:, 0].fillna(9) + 3 * frame.iloc[:, 1] - frame.iloc[:, 2] + generator.lognormal(1, 1, 3000)
    frame["label"] = total > total.median()
    frame["as_of"], frame["is_scored_population"] = date(2025, 1, 1), generator.random(3000) < 0.5
    frame["customer_id"] = [f"C{number:04d}" for number in range(3000)]
    return arrange_examples(frame, spec.feature_names)


def test_it_ranks_as_the_library_does_on_the_features_as_they_are() -> None:
    spec = load_spec("prospect_growth")
    learnt, judged = make_examples(spec, 1), make_examples(spec, 2)
    ours = roc_auc_score(judged.label, learn_boosting(spec, learnt, 2)(judged.features))
    library = HistGradientBoostingClassifier(random_state=0, max_bins=255)
    library.fit(learnt.features.to_numpy(), learnt.label)
    theirs = roc_auc_score(judged.label, library.decision_function(judged.features.to_numpy()))
    assert ours > 0.85
    assert abs(ours - theirs) < 0.01
