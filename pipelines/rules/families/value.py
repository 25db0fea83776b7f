"""Value: what a customer brings, has and owes.

Each section declares what a bank may set (its parameters), its revision, and the tables that its queries fill.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

from pipelines.errors import SettingsError
from pipelines.rules.families.checks import refuse_below
from pipelines.rules.rule import Parameters, Rule, Section


@dataclass(frozen=True)
class KeyAccountParameters(Parameters):
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
class TierParameters(Parameters):
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
class SegmentParameters(Parameters):
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
class DepositRateParameters(Parameters):
    """A deposit is paid above the posted rate where it is so by more than `tolerance_ratio`, of a year."""

    tolerance_ratio: float = 0.0

    def __post_init__(self) -> None:
        refuse_below(0, "deposit_rates", self)


SECTIONS = (
    Section(
        "key_accounts",
        revision=3,
        fingerprint="2c8ffefcfbee",
        parameters=KeyAccountParameters(),
        rules=(
            Rule("rules/value/key_accounts", key=("customer_id",)),
            Rule("rules/value/pareto", key=("percent",)),
        ),
    ),
    Section(
        "products",
        revision=3,
        fingerprint="047e83d80476",
        rules=(Rule("rules/value/product_positions", key=("customer_id", "product_id")),),
    ),
    Section(
        "contributions",
        revision=2,
        fingerprint="72ff37f229a6",
        rules=(Rule("rules/value/contributions", key=("level", "key", "month", "span_months")),),
    ),
    Section(
        "tiers",
        revision=1,
        fingerprint="21f5d1661f8c",
        parameters=TierParameters(),
        rules=(Rule("rules/value/tiers", key=("customer_id",)),),
    ),
    Section(
        "deposit_rates",
        revision=1,
        fingerprint="f1cdc28be747",
        parameters=DepositRateParameters(),
        rules=(Rule("rules/value/deposit_rates", key=("customer_id",)),),
    ),
    Section(
        "segments",
        revision=2,
        fingerprint="e3db9f0441a0",
        parameters=SegmentParameters(),
        rules=(
            Rule("rules/value/segment_measures", key=("customer_id",)),
            Rule(
                "segment_centres",
                key=("segment", "measure"),
                fill="pipelines.rules.computed.segments:fill_segment_centres",
                reads=("rules/computed/segment_sample_of_run",),
                modules=("models.group.segmentation", "models.group.segments", "models.group.segment_names"),
            ),
            Rule(
                "segments",
                key=("customer_id",),
                fill="pipelines.rules.computed.segments:fill_segments",
                reads=("rules/computed/segment_measures_of_run", "rules/computed/segment_centres_of_run"),
            ),
        ),
    ),
)
