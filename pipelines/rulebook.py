"""The rulebook: what a bank may set of its rules (edges, shares, periods), typed, with defaults, and versioned.

kcrm.toml lays [rules.<section>] over the defaults. A row that a rule makes carries the rule's version: the revision of
its query and defaults, and a digest of what the bank has set otherwise, so that no change goes unseen.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import date
from typing import Any

from pipelines.errors import SettingsError

_DIGEST_LENGTH = 6


@dataclass(frozen=True)
class KeyAccountRule:
    """Key accounts are the fewest that bring `entry_share` of positive value; who is one stays up to `exit_share`."""

    entry_share: float = 0.80
    exit_share: float = 0.85

    def __post_init__(self) -> None:
        if not 0 < self.entry_share <= self.exit_share <= 1:
            raise SettingsError(
                f"[rules.key_accounts] has entry_share {self.entry_share} and exit_share {self.exit_share}; expected "
                "0 < entry_share <= exit_share <= 1."
            )


@dataclass(frozen=True)
class TierRule:
    """Lower edges of the six tiers of assets under management, in CNY; an edge belongs to the tier above it."""

    gold_from_cny: int = 200_000
    excellent_gold_from_cny: int = 500_000
    platinum_from_cny: int = 1_000_000
    excellent_platinum_from_cny: int = 3_000_000
    diamond_from_cny: int = 5_000_000
    black_gold_from_cny: int = 10_000_000

    def __post_init__(self) -> None:
        edges = list(asdict(self).values())
        if edges != sorted(set(edges)) or edges[0] <= 0:
            raise SettingsError(f"[rules.tiers] has lower edges {edges}; expected positive ones, each above the last.")


@dataclass(frozen=True)
class GroupRule:
    """A group is a tree of parents; whose parents go on for more than `max_depth` steps is in a circle."""

    max_depth: int = 20

    def __post_init__(self) -> None:
        if self.max_depth < 1:
            raise SettingsError(f"[rules.groups] has max_depth {self.max_depth}; expected 1 or more.")


@dataclass(frozen=True)
class EmbeddingRule:
    """How much each kind of product binds a customer, and from how many holders on a kind counts as offered.

    Loans and services weigh twice: both run in the customer's daily business, and take longest to move elsewhere.
    An e-banking product is a service in whose name one of the two words stands.
    """

    deposit_weight: int = 1
    loan_weight: int = 2
    wealth_weight: int = 1
    fund_weight: int = 1
    insurance_weight: int = 1
    service_weight: int = 2
    offered_from_customers: int = 10
    ebank_word: str = "e-bank"
    ebank_word_zh: str = "网银"

    def __post_init__(self) -> None:
        numbers = {name: value for name, value in asdict(self).items() if isinstance(value, int)}
        if min(numbers.values()) < 1:
            raise SettingsError(f"[rules.embedding] has {numbers}; expected 1 or more of each.")
        if not self.ebank_word or not self.ebank_word_zh:
            raise SettingsError("[rules.embedding] has an empty word for e-banking; expected part of a name.")


@dataclass(frozen=True)
class LifecycleRule:
    """Months that make a customer new, loyal or lost, and what half a year's turnover is to the half before it."""

    new_months: int = 12
    loyal_months: int = 24
    lost_months: int = 12
    growing_ratio: float = 1.2
    fading_ratio: float = 0.7

    def __post_init__(self) -> None:
        if not 1 <= self.new_months <= self.loyal_months or self.lost_months < 1:
            raise SettingsError(
                f"[rules.lifecycle] has new_months {self.new_months}, loyal_months {self.loyal_months} and lost_months "
                f"{self.lost_months}; expected 1 <= new_months <= loyal_months, and lost_months 1 or more."
            )
        if not 0 < self.fading_ratio <= 1 <= self.growing_ratio:
            raise SettingsError(
                f"[rules.lifecycle] has fading_ratio {self.fading_ratio} and growing_ratio {self.growing_ratio}; "
                "expected 0 < fading_ratio <= 1 <= growing_ratio."
            )


@dataclass(frozen=True)
class OwnershipRule:
    """An owner is proposed from the bookings of the last `months`, where there are `min_transactions` or more."""

    months: int = 6
    min_transactions: int = 10

    def __post_init__(self) -> None:
        _refuse_below(1, "ownership", self)


@dataclass(frozen=True)
class ContactRule:
    """Contacts of the last `months` are looked at for two branches on one day."""

    months: int = 12

    def __post_init__(self) -> None:
        _refuse_below(1, "contacts", self)


@dataclass(frozen=True)
class ProfileRule:
    """A profile of which no filled field was updated for more than `stale_days` is stale."""

    stale_days: int = 365

    def __post_init__(self) -> None:
        _refuse_below(1, "profiles", self)


@dataclass(frozen=True)
class DependenceRule:
    """Dependent is who had `min_contacts` or more in the last `months`, a `share` or more of them by one manager."""

    months: int = 12
    min_contacts: int = 5
    share: float = 0.80

    def __post_init__(self) -> None:
        _refuse_below(1, "dependence", self, but=("share",))
        if not 0.5 < self.share <= 1:
            raise SettingsError(f"[rules.dependence] has share {self.share}; expected over 0.5 (of one alone) up to 1.")


@dataclass(frozen=True)
class ReconciliationRule:
    """The CRM and the core agree on a measure where they differ by `tolerance_cny` or less."""

    tolerance_cny: float = 0.01

    def __post_init__(self) -> None:
        _refuse_below(0, "reconciliation", self)


@dataclass(frozen=True)
class FreshnessRule:
    """The most days that a feed may be silent before as_of, a landing table each; 0: for ever, as none is declared.

    The flows come daily, figures of a month with the next month's books, and what is told only when it changes may
    rest for long. Where `transactions` is staler, nobody is scored.
    """

    customers_days: int = 100
    transactions_days: int = 5
    events_days: int = 45
    accounts_days: int = 45
    balances_days: int = 45
    loans_days: int = 45
    loan_months_days: int = 45
    income_costs_days: int = 45
    firm_reports_days: int = 200
    holdings_days: int = 45
    profile_fields_days: int = 45
    crm_profiles_days: int = 200
    contacts_days: int = 14
    products_days: int = 0
    branches_days: int = 0
    managers_days: int = 400
    industries_days: int = 0
    calendar_days: int = 400

    def __post_init__(self) -> None:
        _refuse_below(0, "freshness", self)

    def is_transactions_stale(self, last_known_on: date | None, as_of: date) -> bool:
        """Say whether the last word of the transactions lies too far back to score by; who never spoke is not late."""
        return (
            self.transactions_days > 0
            and last_known_on is not None
            and ((as_of - last_known_on).days > self.transactions_days)
        )


@dataclass(frozen=True)
class ManagerRule:
    """The most customers that a manager of each grade may look after.

    Books grow with the grade, as it stands for practice; a senior's is smaller, as its customers are the largest and
    take the most time. These are places to start from: a bank sets its own.
    """

    trainee_cap: int = 60
    fourth_cap: int = 120
    third_cap: int = 150
    second_cap: int = 180
    first_cap: int = 200
    senior_cap: int = 150

    def __post_init__(self) -> None:
        _refuse_below(1, "managers", self)


@dataclass(frozen=True)
class FixedRule:
    """A rule of which nothing can be set."""


# How often the queries or the defaults of a section have changed; a test holds digests of what each number stands for.
REVISIONS: Mapping[str, int] = {
    "contacts": 1,
    "contributions": 1,
    "dependence": 1,
    "embedding": 1,
    "freshness": 1,
    "groups": 1,
    "key_accounts": 1,
    "lifecycle": 1,
    "managers": 1,
    "migrations": 1,
    "ownership": 1,
    "products": 1,
    "profiles": 1,
    "reconciliation": 1,
    "tiers": 1,
}


@dataclass(frozen=True)
class Rulebook:
    """All sections."""

    contacts: ContactRule = field(default_factory=ContactRule)
    contributions: FixedRule = field(default_factory=FixedRule)
    dependence: DependenceRule = field(default_factory=DependenceRule)
    embedding: EmbeddingRule = field(default_factory=EmbeddingRule)
    freshness: FreshnessRule = field(default_factory=FreshnessRule)
    groups: GroupRule = field(default_factory=GroupRule)
    key_accounts: KeyAccountRule = field(default_factory=KeyAccountRule)
    lifecycle: LifecycleRule = field(default_factory=LifecycleRule)
    managers: ManagerRule = field(default_factory=ManagerRule)
    migrations: FixedRule = field(default_factory=FixedRule)
    ownership: OwnershipRule = field(default_factory=OwnershipRule)
    products: FixedRule = field(default_factory=FixedRule)
    profiles: ProfileRule = field(default_factory=ProfileRule)
    reconciliation: ReconciliationRule = field(default_factory=ReconciliationRule)
    tiers: TierRule = field(default_factory=TierRule)

    def parameters(self, section: str) -> dict[str, Any]:
        """Return what a section sets, by name."""
        return asdict(getattr(self, section))

    def version(self, section: str) -> str:
        """Return the version of a section's rows: tiers_v1, or tiers_v1_3fa9c2 where the bank sets other edges."""
        name = f"{section}_v{REVISIONS[section]}"
        mine, defaults = self.parameters(section), Rulebook().parameters(section)
        return name if mine == defaults else f"{name}_{digest(mine)}"


def _refuse_below(least: int, section: str, rule: Any, but: tuple[str, ...] = ()) -> None:
    for name, value in asdict(rule).items():
        if name not in but and value < least:
            raise SettingsError(f"[rules.{section}] has {name} {value}; expected {least} or more.")


def digest(parameters: Mapping[str, Any]) -> str:
    """Return a short name of these parameters: the same for the same ones, on every machine."""
    text = json.dumps(parameters, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:_DIGEST_LENGTH]


def read_rulebook(document: Mapping[str, Mapping[str, Any]], where: str) -> Rulebook:
    """Lay [rules.<section>] of a configuration over the defaults; an unknown name or another type is refused."""
    known = {one.name for one in fields(Rulebook)}
    unknown = sorted(set(document) - known)
    if unknown:
        raise SettingsError(f"{where} has unknown rules {unknown}; it takes {sorted(known)}: rename or remove them.")
    return Rulebook(**{section: _read_section(section, given, where) for section, given in document.items()})


def _read_section(section: str, given: Mapping[str, Any], where: str) -> Any:
    defaults = getattr(Rulebook(), section)
    for name, value in given.items():
        wanted = type(getattr(defaults, name, None))
        if wanted is type(None):
            raise SettingsError(
                f"[rules.{section}] in {where} has an unknown key {name}; it takes {sorted(asdict(defaults))}."
            )
        if type(value) is not wanted and not (wanted is float and type(value) is int):
            raise SettingsError(f"{name} of [rules.{section}] in {where} is {value!r}; expected {wanted.__name__}.")
    return replace(defaults, **given)
