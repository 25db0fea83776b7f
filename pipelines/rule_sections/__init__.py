"""The sections of the rulebook: what a bank may set of each rule, with defaults; each refuses nonsense when made."""

from __future__ import annotations

from pipelines.rule_sections.classes import AlertRule, ClassRule
from pipelines.rule_sections.exposures import LimitRule, LossRule
from pipelines.rule_sections.knowledge import FreshnessRule, ProfileRule, ReconciliationRule
from pipelines.rule_sections.relation import (
    CardRule,
    ConsentRule,
    ContactRule,
    DependenceRule,
    FixedRule,
    LifecycleRule,
    OwnershipRule,
    TeamRule,
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
