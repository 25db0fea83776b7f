"""Sections of the rulebook on how customer and bank stand to each other; each refuses nonsense when made."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.errors import SettingsError
from pipelines.rules.checks import refuse_below


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
        refuse_below(1, "ownership", self)


@dataclass(frozen=True)
class ContactRule:
    """Contacts of the last `months` are looked at for two branches on one day."""

    months: int = 12

    def __post_init__(self) -> None:
        refuse_below(1, "contacts", self)


@dataclass(frozen=True)
class ConsentRule:
    """What is presumed of who has not said whether it may be courted, where the bank tells consents at all."""

    is_presumed_of_persons: bool = False
    is_presumed_of_companies: bool = True


@dataclass(frozen=True)
class DependenceRule:
    """Dependent is who had `min_contacts` or more in the last `months`, a `share` or more of them by one manager."""

    months: int = 12
    min_contacts: int = 5
    share: float = 0.80

    def __post_init__(self) -> None:
        refuse_below(1, "dependence", self, but=("share",))
        if not 0.5 < self.share <= 1:
            raise SettingsError(f"[rules.dependence] has share {self.share}; expected over 0.5 (of one alone) up to 1.")


@dataclass(frozen=True)
class TeamRule:
    """A branch needs a skill that `least_customers` of its customers need, or one key account."""

    least_customers: int = 5

    def __post_init__(self) -> None:
        refuse_below(1, "teams", self)


@dataclass(frozen=True)
class CardRule:
    """A score in `high_band` or a better letter is high: A holds the highest."""

    high_band: str = "B"

    def __post_init__(self) -> None:
        if self.high_band not in ("A", "B", "C", "D", "E"):
            raise SettingsError(f"[rules.cards] has high_band {self.high_band!r}; expected a letter from A to E.")


@dataclass(frozen=True)
class FixedRule:
    """A rule of which nothing can be set."""
