"""Relationship: how the customer and the bank are connected, and how that changes.

Each section declares what a bank may set (its parameters), its revision, and the tables that its queries fill.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

from pipelines.errors import SettingsError
from pipelines.rules.families.checks import refuse_below
from pipelines.rules.rule import Parameters, Rule, Section


@dataclass(frozen=True)
class GroupParameters(Parameters):
    """A group is a tree of parents; whose parents go on for more than `max_depth` steps is in a circle."""

    max_depth: int = 20

    def __post_init__(self) -> None:
        if self.max_depth < 1:
            raise SettingsError(f"[rules.groups] has max_depth {self.max_depth}; expected 1 or more.")


@dataclass(frozen=True)
class EmbeddingParameters(Parameters):
    """How much each kind of product binds a customer, and from how many holders on a kind counts as offered.

    Loans, overdrafts and services weigh twice: they run in the customer's daily business, and take longest to move
    elsewhere.
    An e-banking product is a service in whose name one of the two words stands.
    """

    deposit_weight: int = 1
    loan_weight: int = 2
    overdraft_weight: int = 2
    card_weight: int = 1
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
class LifecycleParameters(Parameters):
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
class OwnershipParameters(Parameters):
    """An owner is proposed from the bookings of the last `months`, where there are `min_transactions` or more."""

    months: int = 6
    min_transactions: int = 10

    def __post_init__(self) -> None:
        refuse_below(1, "ownership", self)


@dataclass(frozen=True)
class ContactParameters(Parameters):
    """Contacts of the last `months` are looked at for two branches on one day."""

    months: int = 12

    def __post_init__(self) -> None:
        refuse_below(1, "contacts", self)


@dataclass(frozen=True)
class ConsentParameters(Parameters):
    """What is presumed of who has not said whether it may be courted, where the bank tells consents at all."""

    is_presumed_of_persons: bool = False
    is_presumed_of_companies: bool = True


SECTIONS = (
    Section(
        "groups",
        revision=2,
        fingerprint="82923d114587",
        parameters=GroupParameters(),
        rules=(
            Rule("rules/relationship/group_members", key=("customer_id",)),
            Rule("rules/relationship/group_coverage", key=("customer_id",)),
        ),
    ),
    Section(
        "embedding",
        revision=2,
        fingerprint="412cc335c568",
        parameters=EmbeddingParameters(),
        rules=(Rule("rules/relationship/embedding", key=("customer_id",)),),
    ),
    Section(
        "lifecycle",
        revision=2,
        fingerprint="950707c9d5b1",
        parameters=LifecycleParameters(),
        rules=(Rule("rules/relationship/lifecycle", key=("customer_id",)),),
    ),
    Section(
        "migrations",
        revision=1,
        fingerprint="c0b5831be4c4",
        rules=(
            Rule("rules/relationship/stage_migrations", key=("previous_stage", "stage")),
            Rule("rules/relationship/tier_attrition", key=("tier",)),
        ),
    ),
    Section(
        "ownership",
        revision=1,
        fingerprint="8731eb652b01",
        parameters=OwnershipParameters(),
        rules=(Rule("rules/relationship/ownership", key=("customer_id",)),),
    ),
    Section(
        "contacts",
        revision=1,
        fingerprint="e34afdb249c9",
        parameters=ContactParameters(),
        rules=(Rule("rules/relationship/contact_conflicts", key=("customer_id", "contacted_on")),),
    ),
    Section(
        "blacklist",
        revision=1,
        fingerprint="e6b1f61485c4",
        rules=(Rule("rules/relationship/blacklist", key=("entry_id",), is_pruned=False),),
    ),
    Section(
        "consents",
        revision=1,
        fingerprint="219d32822b90",
        parameters=ConsentParameters(),
        rules=(Rule("rules/relationship/marketing_consents", key=("customer_id",)),),
    ),
)
