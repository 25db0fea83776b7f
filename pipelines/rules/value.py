"""Sections of the rulebook on what a customer brings, has and owes; each refuses nonsense when made."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from pipelines.errors import SettingsError
from pipelines.rules.checks import refuse_below


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

    gold_from: int = 200_000
    excellent_gold_from: int = 500_000
    platinum_from: int = 1_000_000
    excellent_platinum_from: int = 3_000_000
    diamond_from: int = 5_000_000
    black_gold_from: int = 10_000_000

    def __post_init__(self) -> None:
        edges = list(asdict(self).values())
        if edges != sorted(set(edges)) or edges[0] <= 0:
            raise SettingsError(f"[rules.tiers] has lower edges {edges}; expected positive ones, each above the last.")


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
        refuse_below(1, "managers", self)


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
class SegmentRule:
    """Segments are found on a drawn sample; another number of them than before must be better by `switch_margin`.

    The number is that of the highest silhouette (-1 to 1, https://doi.org/10.1016/0377-0427(87)90125-7). With fewer
    eligible customers than `least_customers` there are no segments.
    """

    fewest: int = 4
    most: int = 8
    least_customers: int = 80
    fit_customers: int = 20_000
    silhouette_customers: int = 5_000
    switch_margin: float = 0.02
    seed: int = 11

    def __post_init__(self) -> None:
        if not 2 <= self.fewest <= self.most <= self.least_customers / 10:
            raise SettingsError(
                f"[rules.segments] has fewest {self.fewest}, most {self.most} and least_customers "
                f"{self.least_customers}; expected 2 <= fewest <= most, and ten customers or more for each of most."
            )
        if not self.least_customers <= self.silhouette_customers <= self.fit_customers:
            raise SettingsError(
                f"[rules.segments] has least_customers {self.least_customers}, silhouette_customers "
                f"{self.silhouette_customers} and fit_customers {self.fit_customers}; expected each at most the next."
            )
        if self.switch_margin < 0 or not 0 <= self.seed < 2**32:
            raise SettingsError(
                f"[rules.segments] has switch_margin {self.switch_margin} and seed {self.seed}; expected 0 or more, "
                "and a seed under 2 ** 32."
            )


@dataclass(frozen=True)
class DepositRateRule:
    """A deposit is paid above the posted rate where it is so by more than `tolerance_ratio`, of a year."""

    tolerance_ratio: float = 0.0

    def __post_init__(self) -> None:
        refuse_below(0, "deposit_rates", self)


@dataclass(frozen=True)
class CreditFactsRule:
    """How many of the last months told of loans a run keeps; each is a row a loan."""

    months: int = 3

    def __post_init__(self) -> None:
        if not 1 <= self.months <= 120:
            raise SettingsError(f"[rules.credit_facts] has months {self.months}; expected 1 to 120.")
