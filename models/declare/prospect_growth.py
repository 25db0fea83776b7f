"""prospect_growth: which prospects' turnover grows by half within six months."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from models.declare.spec import Feature, ModelSpec, TreeParams, declare_directions

# Growth by half is a tail: all else equal, who swings more gets there more often. Momentum, size, season and age may
# push either way.
INCREASING = frozenset(
    {
        "turnover_volatility_6m",
        "turnover_volatility_12m",
        "turnover_volatility_24m",
        "inflow_count_volatility_12m",
    }
)
# Past trouble can only lower it.
DECREASING = frozenset(
    {"arrears_count_12m", "arrears_days_3m", "arrears_days_12m", "default_count_12m", "class5_latest"}
)

# Small trees on few columns, shrunk hard: every freer setting forgot more than it learnt (docs/experiments.md).
TREES = TreeParams(
    num_rounds=250,
    learning_rate=0.03,
    num_leaves=7,
    max_depth=4,
    min_data_in_leaf=40,
    lambda_l2=100.0,
    feature_fraction=1.0,
    feature_fraction_bynode=0.1,
    bagging_fraction=0.4,
)

# A bank of many customers bears less shrinkage; on the seeded bank of 2,000 it is what lifts the trees above logistic
# regression (docs/experiments.md).
TREES_OF_MANY = replace(TREES, num_rounds=500, lambda_l2=20.0)


def declare_prospect_growth(features: Sequence[Feature]) -> ModelSpec:
    """Declare the model over the features on offer."""
    return ModelSpec(
        name="prospect_growth",
        foresees_en="turnover of the next six months at least 1.5 times the twelve-month mean",
        foresees_zh="未来六个月月均净入账达到近十二个月月均的1.5倍以上",
        label_version="growth_v1",
        population_query="learning/population_prospect_growth",
        label_query="learning/labels_prospect_growth",
        label_binds=(("least_multiple", 1.5), ("least_amount", 5000)),
        feeds=("transactions",),
        title_en="Prospects most likely to grow",
        title_zh="最有成长潜力的潜在大客户",
        features=declare_directions(features, increasing=INCREASING, decreasing=DECREASING),
        momentum_feature="turnover_ratio_3m_12m",
        momentum_sign=1,
        band_cuts=(0.5, 0.4, 0.3, 0.2),
        band_version="growth_bands_v1",
        trees=TREES,
        trees_of_many=TREES_OF_MANY,
    )
