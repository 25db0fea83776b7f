"""Reasons add up, equal LightGBM's own contributions, and speak of the row itself."""

from dataclasses import replace

import numpy as np
import pytest

from models.declare.examples import Examples
from models.declare.spec import UNITS, Feature, ModelSpec, TreeParams
from models.explain.lookup import build_lookup
from models.explain.phrases import write_texts
from models.explain.reasons import (
    TOLERANCE,
    ReasonsError,
    choose_strongest,
    compute_base,
    describe_reasons,
    explain_rows,
    refuse_gap,
)
from models.explain.wording import LONGEST, write_chinese, write_english, write_rest
from models.learn.learner import fit_trees, load_booster, score_raw

SMALL = TreeParams(num_rounds=60, learning_rate=0.1, num_leaves=7, max_depth=4, min_data_in_leaf=10)
LARGE = TreeParams(num_rounds=30, learning_rate=0.1, num_leaves=31, max_depth=8, min_data_in_leaf=10)


@pytest.mark.parametrize("leaves", [13, 31], ids=["by lookup", "by LightGBM"])
def test_reasons_equal_lightgbm_and_add_up(
    spec: ModelSpec, examples: Examples, leaves: int, capfd: pytest.CaptureFixture[str]
) -> None:
    grown = replace(spec, trees=replace(LARGE, num_leaves=leaves))
    booster = load_booster(fit_trees(grown, examples, 2))
    assert (build_lookup(booster) is None) == (leaves == 31)
    found = explain_rows(booster, examples.features, 2)
    own = np.asarray(booster.predict(examples.features, pred_contrib=True))
    assert np.abs(found - own[:, :-1]).max() < 1e-12
    assert compute_base(booster) == own[0, -1]
    refuse_gap(compute_base(booster), found, score_raw(booster, examples.features, 2))
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("has_missing", [True, False], ids=["missing in training", "never missing in training"])
def test_lookups_equal_lightgbm(spec: ModelSpec, examples: Examples, has_missing: bool) -> None:
    rows = examples if has_missing else replace(examples, features=examples.features.fillna(0))
    booster = load_booster(fit_trees(replace(spec, trees=SMALL), rows, 2))
    asked = examples.features.copy()
    asked.iloc[::7, :] = np.nan
    asked.iloc[::11, 1] = 0.0
    lookup = build_lookup(booster)
    assert lookup is not None
    for threads in (1, 2):
        found = lookup.explain(asked.to_numpy(), threads)
        assert np.abs(found - np.asarray(booster.predict(asked, pred_contrib=True))[:, :-1]).max() < 1e-12


def test_large_trees_are_explained_without_tables(spec: ModelSpec, examples: Examples) -> None:
    booster = load_booster(fit_trees(replace(spec, trees=LARGE), examples, 2))
    assert build_lookup(booster) is None
    few = examples.features.head(50)
    own = np.asarray(booster.predict(few, pred_contrib=True))[:, :-1]
    assert np.abs(explain_rows(booster, few, 1) - own).max() < TOLERANCE


def test_values_on_a_threshold_are_explained_as_they_are_scored(spec: ModelSpec, examples: Examples) -> None:
    booster = load_booster(fit_trees(spec, examples, 2))
    cuts = booster.trees_to_dataframe().query("split_feature == 'inflow_mean_3m'")["threshold"].astype(float)
    rows = examples.features.head(len(cuts)).assign(inflow_mean_3m=cuts.to_numpy()[: len(examples)].astype(np.float32))
    refuse_gap(compute_base(booster), explain_rows(booster, rows, 2), score_raw(booster, rows, 2))
    few = load_booster(fit_trees(replace(spec, trees=SMALL), examples, 2))
    refuse_gap(compute_base(few), explain_rows(few, rows, 2), score_raw(few, rows, 2))


def test_told_reasons_and_rest_give_the_raw_score(spec: ModelSpec, examples: Examples) -> None:
    booster = load_booster(fit_trees(spec, examples, 2))
    rows = examples.features.head(50)
    raw, base = score_raw(booster, rows, 2), compute_base(booster)
    shapley = explain_rows(booster, rows, 2)
    told = describe_reasons(spec.features, rows, shapley, base=base, raw=raw, count=3)
    assert np.abs(base + told.shapley.reshape(50, 4).sum(axis=1) - raw).max() < 1e-12
    assert told.place.reshape(50, 4).tolist() == [[1, 2, 3, 4]] * 50
    assert told.feature[3::4].tolist() == ["(rest)"] * 50
    strength = np.abs(told.shapley.reshape(50, 4)[:, :3])
    assert (np.diff(strength, axis=1) <= 0).all()
    for index, (row, name) in enumerate(zip(told.row, told.feature, strict=True)):
        if name != "(rest)":
            np.testing.assert_equal(told.value[index], float(rows[name].iloc[row]))
            assert told.shapley[index] == shapley[row, spec.feature_names.index(name)]


def test_a_gap_is_refused(spec: ModelSpec, examples: Examples) -> None:
    shapley, raw = np.zeros((2, 5)), np.array([0.5, 0.5 + 2e-5])
    with pytest.raises(ReasonsError, match="1 of 2 explanations"):
        refuse_gap(0.5, shapley, raw)
    with pytest.raises(ReasonsError):
        refuse_gap(0.5, np.full((2, 5), np.nan), raw)


def test_equal_reasons_keep_the_order_of_the_declaration() -> None:
    shapley = np.array([[0.1, -0.3, 0.3, 0.0], [0.0, 0.0, 0.0, 0.0]])
    assert choose_strongest(shapley, 3).tolist() == [[1, 2, 0], [0, 1, 2]]


def test_many_sentences_at_once_are_those_written_one_by_one() -> None:
    generator = np.random.default_rng(8)
    declared = tuple(Feature(unit, unit, f"the {unit}", f"此{unit}") for unit in UNITS)
    edges = np.r_[
        0.0, -0.0, np.nan, 0.125, 2.675, 0.005, 0.995, 1.0, 9.995, 10.05, 99.95, 100.5, 999.5, 999_999.5, 1e30
    ]
    spread = generator.choice([-1, 1], 20_000) * 10 ** generator.uniform(-5, 13, 20_000)
    value = np.r_[edges, -edges, spread, generator.integers(-300, 300, 3000) / 200].astype(np.float32).astype(float)
    value = np.tile(np.r_[value, 2.675, 1.005, 10.25, 0.345], len(UNITS))
    column = np.repeat(np.arange(len(UNITS)), len(value) // len(UNITS))
    shapley = generator.choice([-0.5, 0.0, 0.5], len(value))
    english, chinese = write_texts(declared, column, value, shapley)
    rows = list(zip(column.tolist(), value.tolist(), shapley.tolist(), strict=True))
    assert english.tolist() == [write_english(declared[place], one, effect) for place, one, effect in rows]
    assert chinese.tolist() == [write_chinese(declared[place], one, effect) for place, one, effect in rows]


@pytest.mark.parametrize(
    ("unit", "value", "shapley", "english", "chinese"),
    [
        ("money", 1_234_567.0, 0.2, "inflow: CNY 1.23 million, raises the chance", "流入：123万元，推高概率"),
        ("money", -25e8, -0.2, "inflow: CNY -2.5 billion, lowers the chance", "流入：-25亿元，拉低概率"),
        ("money", 0.0, 0.0, "inflow: CNY 0, no effect", "流入：0元，无影响"),
        ("money", -0.001, 0.1, "inflow: CNY 0, raises the chance", "流入：0元，推高概率"),
        ("count", 1234.0, 0.1, "inflow: 1234, raises the chance", "流入：1234，推高概率"),
        ("ratio", 1.0, 0.1, "inflow: 1, raises the chance", "流入：1，推高概率"),
        ("share", 0.345, 0.1, "inflow: 34.5%, raises the chance", "流入：34.5%，推高概率"),
        ("months", 1.0, 0.1, "inflow: 1 month, raises the chance", "流入：1个月，推高概率"),
        ("days", 12.0, 0.1, "inflow: 12 days, raises the chance", "流入：12天，推高概率"),
        ("flag", 1.0, 0.1, "inflow: yes, raises the chance", "流入：是，推高概率"),
        ("money", float("nan"), 0.1, "inflow: unknown, raises the chance", "流入：未知，推高概率"),
    ],
)
def test_sentences(unit: str, value: float, shapley: float, english: str, chinese: str) -> None:
    feature = Feature("inflow", unit, "inflow", "流入")
    assert write_english(feature, value, shapley) == english
    assert write_chinese(feature, value, shapley) == chinese


def test_sentences_fit_their_column_and_keep_the_effect() -> None:
    feature = Feature("inflow", "money", "x" * 500, "长" * 500)
    english, chinese = write_english(feature, 1.0, 1.0), write_chinese(feature, 1.0, 1.0)
    assert (len(english), len(chinese)) == (LONGEST, LONGEST)
    assert english.endswith(", raises the chance")
    assert chinese.endswith("推高概率")
    assert write_rest(95, -1.0) == ("the other 95 features together lower the chance", "其余95项特征合计，拉低概率")
