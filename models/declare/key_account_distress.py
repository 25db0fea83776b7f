"""key_account_distress: which key accounts fall silent, or into arrears or default, within six months."""

from __future__ import annotations

from collections.abc import Sequence

from models.declare.spec import Feature, ModelSpec, TreeParams, declare_directions

# Silence, swings (a fall is a tail), dependence on few partners, past trouble, and debts that are late, badly graded or
# large for the firm can only raise the danger;
INCREASING = frozenset(
    {
        "months_since_inflow",
        "months_since_outflow",
        "turnover_volatility_6m",
        "turnover_volatility_12m",
        "turnover_volatility_24m",
        "inflow_count_volatility_12m",
        "inflow_largest_share_3m",
        "inflow_largest_share_12m",
        "inflow_top3_share_12m",
        "inflow_concentration_12m",
        "arrears_count_12m",
        "arrears_days_3m",
        "arrears_days_12m",
        "default_count_12m",
        "overdue_share",
        "days_past_due",
        "days_past_due_peak_12m",
        "loan_class5",
        "limit_use",
        "liabilities_to_assets",
    }
)
# Months in use, partners and the partners that stayed, deposits that hold and reports of profit can only lower it;
# so can products held, as what binds a customer does not speak against it.
DECREASING = frozenset(
    {
        "turnover_active_3m",
        "turnover_active_6m",
        "turnover_active_12m",
        "turnover_active_24m",
        "outflow_active_6m",
        "outflow_active_12m",
        "inflow_partners_3m",
        "inflow_partners_12m",
        "inflow_kept_share_3m",
        "inflow_kept_share_12m",
        "deposits_ratio_3m_12m",
        "net_margin",
        "product_count",
        "revenue_ratio_year_ago",
    }
)

# Key accounts and their falls are few: the trees learn from all eligible customers, each from few rows and few columns,
# in steps so small that the seed hardly matters (docs/experiments.md).
TREES = TreeParams(
    num_rounds=600,
    learning_rate=0.01,
    num_leaves=7,
    max_depth=4,
    min_data_in_leaf=20,
    lambda_l2=10.0,
    feature_fraction=1.0,
    feature_fraction_bynode=0.1,
    bagging_fraction=0.4,
)

# A thousand customers or more give more to tell apart: larger trees on more columns, shrunk harder, and still small
# enough to be explained by lookup (docs/experiments.md, on the simulated bank).
TREES_OF_MANY = TreeParams(
    num_rounds=600,
    learning_rate=0.03,
    num_leaves=9,
    max_depth=6,
    min_data_in_leaf=100,
    lambda_l2=50.0,
    feature_fraction=1.0,
    feature_fraction_bynode=0.1,
    bagging_fraction=0.3,
)


def declare_key_account_distress(features: Sequence[Feature]) -> ModelSpec:
    """Declare the model over the features on offer."""
    return ModelSpec(
        name="key_account_distress",
        foresees_en="turnover under 0.3 times its mean, 30 days of arrears, default, insolvency or a worse grade in "
        "six months",
        foresees_zh="未来六个月净入账跌至均值三成以下、逾期30天、违约、破产或评级下迁",
        label_version="distress_v1",
        population_query="learning/population_key_account_distress",
        label_query="learning/labels_key_account_distress",
        label_binds=(("least_multiple", 0.3), ("least_arrears_days", 30)),
        feeds=("transactions", "loan_months", "events"),
        title_en="Key accounts nearest distress",
        title_zh="最接近困境的大客户",
        features=declare_directions(features, increasing=INCREASING, decreasing=DECREASING),
        momentum_feature="turnover_ratio_3m_12m",
        momentum_sign=-1,
        band_cuts=(0.2, 0.1, 0.05, 0.02),
        band_version="distress_bands_v1",
        trees=TREES,
        trees_of_many=TREES_OF_MANY,
    )
