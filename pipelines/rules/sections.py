"""The sections of the rulebook: what a bank may set of each rule, with defaults; each refuses nonsense when made."""

from __future__ import annotations

from pipelines.rules.data_quality import FreshnessRule, ProfileRule, ReconciliationRule
from pipelines.rules.early_warning import AlertRule, ClassRule
from pipelines.rules.exposures import LimitRule, LossRule
from pipelines.rules.relationship import (
    CardRule,
    ConsentRule,
    ContactRule,
    DependenceRule,
    FixedRule,
    LifecycleRule,
    OwnershipRule,
    TeamRule,
)
from pipelines.rules.value import (
    CreditFactsRule,
    DepositRateRule,
    EmbeddingRule,
    GroupRule,
    KeyAccountRule,
    ManagerRule,
    SegmentRule,
    TierRule,
)

__all__ = [
    "AlertRule",
    "CardRule",
    "ClassRule",
    "ConsentRule",
    "ContactRule",
    "CreditFactsRule",
    "DependenceRule",
    "DepositRateRule",
    "EmbeddingRule",
    "FixedRule",
    "FreshnessRule",
    "GroupRule",
    "KeyAccountRule",
    "LifecycleRule",
    "LimitRule",
    "LossRule",
    "ManagerRule",
    "OwnershipRule",
    "ProfileRule",
    "ReconciliationRule",
    "SegmentRule",
    "TeamRule",
    "TierRule",
]
