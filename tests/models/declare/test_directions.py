"""What the founding documents say of a direction, the models declare; that trees keep to it, test_learner.py holds."""

from __future__ import annotations

import pytest

from models.declare import key_account_distress


@pytest.mark.parametrize(
    ("feature", "why"),
    [
        ("product_count", "several products keep customers"),
        ("deposits_ratio_3m_12m", "deposits that stay speak for the customer"),
        ("inflow_kept_share_12m", "partners that stay speak for the customer"),
    ],
)
def test_what_binds_a_customer_never_raises_distress(feature: str, why: str) -> None:
    assert feature in key_account_distress.DECREASING, why
