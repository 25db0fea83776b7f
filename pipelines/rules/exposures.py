"""Sections of the rulebook on what the bank may lose, and by whom; each refuses nonsense when made."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.errors import SettingsError


@dataclass(frozen=True)
class LimitRule:
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
class LossRule:
    """The share of what no collateral covers that is lost when a customer defaults."""

    base_loss_share: float = 0.45

    def __post_init__(self) -> None:
        if not 0 < self.base_loss_share <= 1:
            raise SettingsError(f"[rules.losses] has base_loss_share {self.base_loss_share}; expected over 0 up to 1.")
