"""Exposures: what the bank may lose, and through whom.

Each section declares what a bank may set (its parameters), its revision, and the tables that its queries fill.
"""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.errors import SettingsError
from pipelines.rules.rule import Parameters, Rule, Section


@dataclass(frozen=True)
class LimitParameters(Parameters):
    """What one may owe, of the bank's net capital, and what may be lost by one and by a group, of its tier-1 capital.

    Capital of 0 is not told, and no limit follows. The shares are those of the law of commercial banks (10 %) and of
    the rules on large exposures (15 % and 20 %).
    """

    net_capital: int = 0
    tier1_capital: int = 0
    loan_share: float = 0.10
    customer_share: float = 0.15
    group_share: float = 0.20

    def __post_init__(self) -> None:
        capital = (self.net_capital, self.tier1_capital)
        if not (min(capital) > 0 or max(capital) == 0 == min(capital)) or max(capital) >= 10**16:
            raise SettingsError(
                f"[rules.limits] has net_capital and tier1_capital {list(capital)}; expected both in whole CNY "
                "below 10 ** 16, or neither (0)."
            )
        shares = (self.loan_share, self.customer_share, self.group_share)
        if not all(0 < share <= 1 for share in shares) or self.group_share < self.customer_share:
            raise SettingsError(
                f"[rules.limits] has loan_share, customer_share and group_share {list(shares)}; expected each over 0 "
                "up to 1, and a group's no smaller than a customer's."
            )


@dataclass(frozen=True)
class LossParameters(Parameters):
    """The share of what no collateral covers that is lost when a customer defaults."""

    base_loss_share: float = 0.45

    def __post_init__(self) -> None:
        if not 0 < self.base_loss_share <= 1:
            raise SettingsError(f"[rules.losses] has base_loss_share {self.base_loss_share}; expected over 0 up to 1.")


SECTIONS = (
    Section(
        "connected",
        revision=1,
        fingerprint="ece41ce5bdc1",
        rules=(
            Rule(
                "connected_groups",
                key=("customer_id",),
                fill="pipelines.rules.computed.connected:fill_connected_groups",
                reads=("rules/computed/connected_edges",),
                modules=("models.group.connected",),
            ),
        ),
    ),
    Section(
        "limits",
        revision=1,
        fingerprint="e92d283f4c91",
        parameters=LimitParameters(),
        rules=(Rule("rules/exposures/limits", key=("level", "key")),),
    ),
    Section(
        "write_offs",
        revision=1,
        fingerprint="8f85878834f4",
        rules=(Rule("rules/exposures/write_offs", key=("level", "key", "month")),),
    ),
    Section(
        "losses",
        revision=1,
        fingerprint="f423168196c6",
        parameters=LossParameters(),
        rules=(Rule("rules/exposures/risk_adjusted_contributions", key=("customer_id",)),),
    ),
)
