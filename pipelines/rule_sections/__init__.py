"""The sections of the rulebook: what a bank may set of each rule, with defaults; each refuses nonsense when made."""

from __future__ import annotations

from pipelines.rule_sections.knowledge import FreshnessRule, ProfileRule, ReconciliationRule
from pipelines.rule_sections.relation import (
    CardRule,
    ContactRule,
    DependenceRule,
    FixedRule,
    LifecycleRule,
    OwnershipRule,
)
from pipelines.rule_sections.worth import (
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
    "CardRule",
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
    "ManagerRule",
    "OwnershipRule",
    "ProfileRule",
    "ReconciliationRule",
    "SegmentRule",
    "TierRule",
]
