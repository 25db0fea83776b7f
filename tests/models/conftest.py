"""A small made-up panel: customers whose answers follow one feature, with noise, over two years of months."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from models.declare.examples import Examples, arrange_examples
from models.declare.spec import Feature, ModelSpec, TreeParams, declare_directions

FEATURES = (
    Feature("inflow_mean_3m", "money", "mean monthly inflow, last 3 months", "近3个月月均流入"),
    Feature("inflow_ratio_3m_12m", "ratio", "inflow of 3 months over 12", "近3个月与12个月流入之比"),
    Feature("silent_months", "months", "months without inflow", "无流入月数"),
    Feature("noise_share", "share", "share of the largest partner", "最大对手方占比"),
    Feature("is_new", "flag", "account opened within a year", "开户不足一年"),
)


@pytest.fixture
def spec() -> ModelSpec:
    """A spec whose answer rises with inflow_mean_3m and falls with silent_months."""
    return ModelSpec(
        name="prospect_growth",
        foresees_en="growth within six months",
        foresees_zh="六个月内成长",
        label_version="growth_v1",
        population_query="learning/population_prospect_growth",
        label_query="learning/labels_prospect_growth",
        features=declare_directions(FEATURES, increasing=["inflow_mean_3m"], decreasing=["silent_months"]),
        momentum_feature="inflow_ratio_3m_12m",
        momentum_sign=1,
        band_cuts=(0.6, 0.4, 0.2, 0.1),
        band_version="growth_bands_v1",
        trees=TreeParams(num_rounds=30, learning_rate=0.1, min_data_in_leaf=20, max_depth=4),
        outside_weight=0.5,
    )


@pytest.fixture
def frame() -> pd.DataFrame:
    """120 customers x 24 as_ofs of features, answers and populations, with some values missing."""
    return make_frame(np.random.default_rng(3), customers=120, months=24)


@pytest.fixture
def examples(frame: pd.DataFrame, spec: ModelSpec) -> Examples:
    """The panel, arranged."""
    return arrange_examples(frame, spec.feature_names)


def make_frame(generator: np.random.Generator, customers: int, months: int) -> pd.DataFrame:
    """Make a panel whose answer follows inflow_mean_3m up and silent_months down."""
    as_ofs = pd.date_range("2017-01-01", periods=months, freq="MS").date
    keys = pd.MultiIndex.from_product([as_ofs, [f"C{i:04d}" for i in range(customers)]], names=["as_of", "customer_id"])
    frame = keys.to_frame(index=False)
    size = len(frame)
    frame["inflow_mean_3m"] = generator.lognormal(12, 1, size)
    frame["inflow_ratio_3m_12m"] = generator.normal(1, 0.3, size)
    frame["silent_months"] = generator.integers(0, 6, size).astype(float)
    frame["noise_share"] = generator.uniform(0, 1, size)
    frame["is_new"] = (generator.uniform(0, 1, size) > 0.8).astype(float)
    margin = 1.2 * (np.log(frame["inflow_mean_3m"]) - 12) - 0.5 * frame["silent_months"] + 0.2
    frame["label"] = generator.uniform(0, 1, size) < 1 / (1 + np.exp(-margin))
    frame["is_scored_population"] = frame["customer_id"] >= "C0030"
    frame.loc[generator.uniform(0, 1, size) < 0.1, "noise_share"] = np.nan
    return frame
