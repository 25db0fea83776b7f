"""A model weighs its ways of learning by rows that they had not learnt from, and falls back where it cannot."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from models.declare.examples import Examples, arrange_examples
from models.declare.spec import Feature, ModelSpec
from models.learn.auc import compute_error, judge
from models.learn.candidates import CANDIDATES, DEFAULT
from models.learn.choice import choose, describe_choice
from models.learn.fit import SparingLearner, fit_model, learn_model
from models.learn.splits import mask_sample


def make_crossed(months: int, rows: int = 400) -> tuple[ModelSpec, Examples]:
    """Make a panel whose answer depends on two features together and on neither by itself."""
    generator = np.random.default_rng(5)
    frame = pd.DataFrame(generator.normal(size=(months * rows, 4)), columns=["a", "b", "c", "d"])
    frame["as_of"] = np.repeat(pd.date_range("2017-01-01", periods=months, freq="MS").date, rows)
    frame["customer_id"] = [f"C{number:04d}" for number in range(rows)] * months
    frame["label"] = (frame["a"] * frame["b"] > 0.2) ^ (generator.uniform(size=len(frame)) < 0.05)
    frame["is_scored_population"] = True
    features = tuple(Feature(name, "ratio", name, name) for name in "abcd")
    spec = ModelSpec("crossed", "x", "x", "v1", "q", "l", features, "a", 1, (0.6, 0.4, 0.2, 0.1), "v1", 3)
    return spec, arrange_examples(frame, spec.feature_names)


def test_trees_count_where_features_work_together_and_lines_where_one_does() -> None:
    spec, examples = make_crossed(months=8)
    choice = choose(spec, examples, 1)
    assert choice.evidence == "later_months"
    assert sum(choice.weights.values()) == pytest.approx(1)
    assert not {"one_feature", "logistic_0.001", "logistic_0.01"} & set(choice.weights)
    assert "runner-up" in describe_choice(choice)
    plain = replace(examples, label=np.asarray(examples.features["c"] > 0.5))
    assert choose(spec, plain, 1).weights.keys() & {"one_feature", "logistic_0.001", "logistic_0.01"}


def test_the_choice_never_sees_a_row_it_is_not_given() -> None:
    spec, examples = make_crossed(months=9)
    older = examples.take(examples.as_of < np.datetime64("2017-07-01"))
    later = replace(examples, label=np.where(examples.as_of < np.datetime64("2017-07-01"), examples.label, False))
    assert choose(spec, older, 1) == choose(spec, later.take(later.as_of < np.datetime64("2017-07-01")), 1)
    assert choose(spec, older, 1) != choose(spec, examples, 1)


def test_short_history_is_weighed_by_other_customers_and_too_few_events_by_default() -> None:
    spec, examples = make_crossed(months=3)
    assert choose(spec, examples, 1).evidence == "other_customers"
    few = replace(examples, label=np.arange(len(examples)) < 30)
    choice = choose(spec, few, 1)
    assert (choice.evidence, set(choice.weights)) == ("none", set(DEFAULT))


def test_few_scored_events_are_judged_on_all_eligible() -> None:
    spec, examples = make_crossed(months=8)
    few = replace(examples, is_scored=examples.customer_id < "C0010")
    assert choose(spec, few, 1).event_count > int(few.label[few.is_scored].sum())


def test_the_same_examples_give_the_same_model(spec: ModelSpec, examples: Examples) -> None:
    first, second = (fit_model(spec, examples, choose(spec, examples, 1), 1) for _ in range(2))
    assert (
        first.score_months(examples.features, examples.as_of) == second.score_months(examples.features, examples.as_of)
    ).all()


def test_a_learner_chooses_again_when_its_rows_are_three_times_as_many() -> None:
    spec, examples = make_crossed(months=9, rows=200)
    learner, choices = SparingLearner(), []
    for until in ("2017-03-01", "2017-08-01", "2017-09-02"):
        learner(spec, examples.take(examples.as_of < np.datetime64(until)), 1)
        choices.append(learner.choice)
    assert choices[0] is not choices[1]
    assert choices[1] is choices[2]


def test_every_candidate_keeps_to_the_directions(spec: ModelSpec, examples: Examples) -> None:
    turned = replace(examples, label=~examples.label)  # now each declared sign is wrong
    rows = examples.features.head(60)
    for name in CANDIDATES:
        choice = replace(choose(spec, examples, 1), figures=())
        figure = next(figure for figure in choose(spec, examples, 1).figures if figure.name == name)
        model = fit_model(spec, turned, replace(choice, figures=(replace(figure, weight=1.0),)), 1)
        month = model.describe_month(rows, 1)
        steps = np.linspace(rows["silent_months"].min(), rows["silent_months"].max(), 12)
        scores = np.stack([model.score(rows.assign(silent_months=step), month, 1) for step in steps])
        assert (np.diff(scores, axis=0) <= 1e-9).all(), name


def test_a_learnt_model_is_far_above_chance_on_customers_not_learnt_from(spec: ModelSpec, examples: Examples) -> None:
    away = examples.customer_id >= "C0080"
    score = learn_model(spec, examples.take(~away), 1)(examples.features.loc[away], examples.as_of[away])
    assert roc_auc_score(examples.label[away], score) > 0.75


def test_the_error_of_a_difference_counts_customers_and_not_rows(examples: Examples) -> None:
    generator = np.random.default_rng(1)
    scores = [examples.label + noise * generator.normal(size=len(examples)) for noise in (1, 3)]
    good, bad = (judge(examples, score) for score in scores)
    assert good.pooled == pytest.approx(roc_auc_score(examples.label, scores[0]))
    assert good.influence.sum() == pytest.approx(0, abs=1e-9)
    lonely = replace(examples, customer_id=np.arange(len(examples)).astype(str))
    one = replace(examples, customer_id=np.where(examples.label, "A", "B"))
    assert compute_error(examples, good, good) == 0
    assert 0 < compute_error(lonely, good, bad) < 0.1
    assert compute_error(one, good, bad) != pytest.approx(compute_error(lonely, good, bad))


def test_a_sample_holds_whole_customers_and_the_same_ones_each_time(examples: Examples) -> None:
    mask = mask_sample(examples, len(examples) // 3)
    assert 0 < mask.sum() < len(examples)
    assert not set(examples.customer_id[mask]) & set(examples.customer_id[~mask])
    assert (mask == mask_sample(examples, len(examples) // 3)).all()
