"""The learner is deterministic, monotone where declared, and no better than chance on chance."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from models.declare.examples import Examples, ExamplesError, arrange_examples, fingerprint_examples, select_features
from models.declare.spec import ModelSpec
from models.learn.learner import fit_trees, load_booster, score_raw
from models.learn.rivals import LEARNERS
from models.learn.splits import plan_origins
from models.measure.evaluation import Prediction, evaluate_rows, find_evaluation
from models.measure.rolling import predict_out_of_time


def test_same_examples_give_the_same_model_text(spec: ModelSpec, examples: Examples) -> None:
    assert fit_trees(spec, examples, 2) == fit_trees(spec, examples, 2)


def test_a_reordered_frame_gives_the_same_model_and_fingerprint(
    spec: ModelSpec, frame: pd.DataFrame, examples: Examples
) -> None:
    shuffled = arrange_examples(frame.sample(frac=1, random_state=1), spec.feature_names)
    assert fit_trees(spec, shuffled, 2) == fit_trees(spec, examples, 2)
    assert fingerprint_examples(shuffled) == fingerprint_examples(examples)


def test_reordered_rows_and_columns_score_the_same(spec: ModelSpec, examples: Examples) -> None:
    booster = load_booster(fit_trees(spec, examples, 2))
    order = np.random.default_rng(0).permutation(len(examples))
    turned = examples.features.iloc[order, ::-1].reset_index(drop=True)
    assert (score_raw(booster, turned, 2) == score_raw(booster, examples.features, 2)[order]).all()


@pytest.mark.parametrize("change", ["label", "feature", "population"])
def test_fingerprint_sees_every_change(spec: ModelSpec, frame: pd.DataFrame, examples: Examples, change: str) -> None:
    other = frame.copy()
    if change == "label":
        other.loc[0, "label"] = not other.loc[0, "label"]
    elif change == "feature":
        other.loc[0, "inflow_mean_3m"] *= 1.01
    else:
        other.loc[0, "is_scored_population"] = not other.loc[0, "is_scored_population"]
    assert fingerprint_examples(arrange_examples(other, spec.feature_names)) != fingerprint_examples(examples)


@pytest.mark.parametrize(("name", "sign"), [("inflow_mean_3m", 1), ("silent_months", -1)])
def test_scores_are_monotone_where_declared(spec: ModelSpec, examples: Examples, name: str, sign: int) -> None:
    booster = load_booster(fit_trees(spec, examples, 2))
    steps = np.linspace(examples.features[name].min(), examples.features[name].max(), 30)
    rows = examples.features.head(40)
    scores = np.stack([score_raw(booster, rows.assign(**{name: step}), 2) for step in steps])
    assert (sign * np.diff(scores, axis=0) >= 0).all()
    assert np.ptp(scores) > 0.5


def test_random_labels_score_no_better_than_chance(spec: ModelSpec, frame: pd.DataFrame) -> None:
    chance = frame.assign(label=np.random.default_rng(11).uniform(size=len(frame)) < 0.3)
    examples = arrange_examples(chance, spec.feature_names)
    tested = predict_out_of_time(
        spec, examples, plan_origins(examples.list_as_ofs(), test_months=13, horizon_months=6), 2
    )
    for learner in LEARNERS:
        raw = tested.raw[learner]
        predictions = {"model": Prediction(raw, expit(raw))}
        found = evaluate_rows("test_all", tested.rows, predictions, rounds=200, seed=1)
        chance_too = find_evaluation(found, "test_all", "model", "roc_auc")
        assert chance_too is not None
        assert chance_too.lower < 0.5 < chance_too.upper, learner


def test_few_events_are_refused(spec: ModelSpec, frame: pd.DataFrame) -> None:
    none = arrange_examples(frame.assign(label=False), spec.feature_names)
    with pytest.raises(ExamplesError, match="0 events"):
        fit_trees(spec, none, 2)


def test_outside_weight_changes_the_model(spec: ModelSpec, examples: Examples) -> None:
    assert fit_trees(replace(spec, outside_weight=1.0), examples, 2) != fit_trees(spec, examples, 2)


def test_examples_refuse_missing_repeated_and_unanswered_rows(spec: ModelSpec, frame: pd.DataFrame) -> None:
    with pytest.raises(ExamplesError, match="is_new"):
        arrange_examples(frame.drop(columns="is_new"), spec.feature_names)
    with pytest.raises(ExamplesError, match="1 examples repeat"):
        arrange_examples(pd.concat([frame, frame.head(1)]), spec.feature_names)
    with pytest.raises(ExamplesError, match="no examples"):
        arrange_examples(frame.head(0), spec.feature_names)
    with pytest.raises(ExamplesError, match="1 examples have no label"):
        arrange_examples(frame.assign(label=[None, *frame["label"].astype(object)[1:]]), spec.feature_names)


def test_null_and_infinite_features_become_missing(frame: pd.DataFrame) -> None:
    odd = frame.head(3).assign(inflow_mean_3m=[None, np.inf, 2.0])
    assert select_features(odd, ["inflow_mean_3m"])["inflow_mean_3m"].isna().tolist() == [True, True, False]
    assert select_features(odd, ["inflow_mean_3m"]).dtypes.tolist() == [np.float32]
