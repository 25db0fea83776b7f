"""The rulebook: what a bank may set of its rules (edges, shares, periods), typed, with defaults, and versioned.

kcrm.toml lays [rules.<section>] over the defaults. A row that a rule makes carries the rule's version: the revision of
its query and defaults, and a digest of what the bank has set otherwise, so that no change goes unseen.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

from pipelines.errors import SettingsError
from pipelines.rules.sections import (
    AlertRule,
    CardRule,
    ClassRule,
    ConsentRule,
    ContactRule,
    CreditFactsRule,
    DependenceRule,
    DepositRateRule,
    EmbeddingRule,
    FixedRule,
    FreshnessRule,
    GroupRule,
    KeyAccountRule,
    LifecycleRule,
    LimitRule,
    LossRule,
    ManagerRule,
    OwnershipRule,
    ProfileRule,
    ReconciliationRule,
    SegmentRule,
    TeamRule,
    TierRule,
)

_DIGEST_LENGTH = 6


# How often the queries or the defaults of a section have changed; a test holds digests of what each number stands for.
REVISIONS: Mapping[str, int] = {
    "alerts": 2,
    "blacklist": 1,
    "cards": 3,
    "care_lists": 2,
    "classes": 1,
    "connected": 1,
    "consents": 1,
    "contacts": 1,
    "contributions": 2,
    "credit_facts": 1,
    "dependence": 2,
    "deposit_rates": 1,
    "embedding": 2,
    "freshness": 3,
    "groups": 2,
    "key_accounts": 3,
    "lifecycle": 2,
    "limits": 1,
    "losses": 1,
    "managers": 2,
    "migrations": 1,
    "ownership": 1,
    "plans": 2,
    "products": 3,
    "profiles": 2,
    "reconciliation": 2,
    "segments": 2,
    "teams": 1,
    "tiers": 1,
    "write_offs": 1,
}


@dataclass(frozen=True)
class Rulebook:
    """All sections."""

    alerts: AlertRule = field(default_factory=AlertRule)
    blacklist: FixedRule = field(default_factory=FixedRule)
    cards: CardRule = field(default_factory=CardRule)
    care_lists: FixedRule = field(default_factory=FixedRule)
    classes: ClassRule = field(default_factory=ClassRule)
    connected: FixedRule = field(default_factory=FixedRule)
    consents: ConsentRule = field(default_factory=ConsentRule)
    contacts: ContactRule = field(default_factory=ContactRule)
    contributions: FixedRule = field(default_factory=FixedRule)
    credit_facts: CreditFactsRule = field(default_factory=CreditFactsRule)
    dependence: DependenceRule = field(default_factory=DependenceRule)
    deposit_rates: DepositRateRule = field(default_factory=DepositRateRule)
    embedding: EmbeddingRule = field(default_factory=EmbeddingRule)
    freshness: FreshnessRule = field(default_factory=FreshnessRule)
    groups: GroupRule = field(default_factory=GroupRule)
    key_accounts: KeyAccountRule = field(default_factory=KeyAccountRule)
    lifecycle: LifecycleRule = field(default_factory=LifecycleRule)
    limits: LimitRule = field(default_factory=LimitRule)
    losses: LossRule = field(default_factory=LossRule)
    managers: ManagerRule = field(default_factory=ManagerRule)
    migrations: FixedRule = field(default_factory=FixedRule)
    ownership: OwnershipRule = field(default_factory=OwnershipRule)
    plans: FixedRule = field(default_factory=FixedRule)
    products: FixedRule = field(default_factory=FixedRule)
    profiles: ProfileRule = field(default_factory=ProfileRule)
    reconciliation: ReconciliationRule = field(default_factory=ReconciliationRule)
    segments: SegmentRule = field(default_factory=SegmentRule)
    teams: TeamRule = field(default_factory=TeamRule)
    tiers: TierRule = field(default_factory=TierRule)
    write_offs: FixedRule = field(default_factory=FixedRule)

    def parameters(self, section: str) -> dict[str, Any]:
        """Return what a section sets, by name."""
        return asdict(getattr(self, section))

    def version(self, section: str) -> str:
        """Return the version of a section's rows: tiers_v1, or tiers_v1_3fa9c2 where the bank sets other edges."""
        name = f"{section}_v{REVISIONS[section]}"
        mine, defaults = self.parameters(section), Rulebook().parameters(section)
        return name if mine == defaults else f"{name}_{digest(mine)}"


def digest(parameters: Mapping[str, Any]) -> str:
    """Return a short name of these parameters: the same for the same ones, on every machine."""
    text = json.dumps(parameters, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:_DIGEST_LENGTH]


def read_rulebook(document: Mapping[str, Any], where: str) -> Rulebook:
    """Lay [rules.<section>] of a configuration over the defaults; an unknown name or another type is refused."""
    known = {one.name for one in fields(Rulebook)}
    unknown = sorted(set(document) - known)
    if unknown:
        raise SettingsError(f"{where} has unknown rules {unknown}; it takes {sorted(known)}: rename or remove them.")
    return Rulebook(**{section: _read_section(section, given, where) for section, given in document.items()})


def _read_section(section: str, given: Any, where: str) -> Any:
    defaults = getattr(Rulebook(), section)
    if not isinstance(given, Mapping):
        names = sorted(asdict(defaults))
        raise SettingsError(f"[rules.{section}] in {where} is {given!r}; expected a table of {names}.")
    for name, value in given.items():
        wanted = type(getattr(defaults, name, None))
        if wanted is type(None):
            raise SettingsError(
                f"[rules.{section}] in {where} has an unknown key {name}; it takes {sorted(asdict(defaults))}."
            )
        if isinstance(value, float) and not math.isfinite(value):
            raise SettingsError(f"{name} of [rules.{section}] in {where} is {value}; expected a finite number.")
        if type(value) is not wanted and not (wanted is float and type(value) is int):
            raise SettingsError(f"{name} of [rules.{section}] in {where} is {value!r}; expected {wanted.__name__}.")
    return replace(defaults, **given)
