"""Staff: branches and customer managers, and the managers who leave and take deposits with them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from demo.calendar import Calendar

MANAGERS_PER_BRANCH = 5
CUSTOMERS_PER_BRANCH = 800
FEWEST_BRANCHES, MOST_BRANCHES = 12, 400
LEAVES_A_MONTH = 0.006
STAYS = -1
HANDOVER_DAYS = 2  # between a manager's leaving and the successor's entry in landing.customers


@dataclass(frozen=True)
class Staff:
    """One entry a manager: the branch, and the month and day in which he leaves (STAYS where he does not)."""

    branches: int
    branch: NDArray[np.int64]
    leaves_month: NDArray[np.int64]
    leaves_on: NDArray[np.int64]

    @property
    def managers(self) -> int:
        """How many there are."""
        return self.branch.size

    def succeed(self, manager: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return who takes a manager's customers over: the next at the same branch."""
        first = manager - manager % MANAGERS_PER_BRANCH
        return np.asarray(first + (manager + 1) % MANAGERS_PER_BRANCH)


def draw_staff(rng: np.random.Generator, customers: int, calendar: Calendar) -> Staff:
    """Draw a staff that fits the number of customers; in each month a few managers leave."""
    branches = int(np.clip(customers // CUSTOMERS_PER_BRANCH, FEWEST_BRANCHES, MOST_BRANCHES))
    managers = branches * MANAGERS_PER_BRANCH
    month = rng.geometric(LEAVES_A_MONTH, managers)
    leaves = np.where((month < calendar.months) & (np.arange(managers) % MANAGERS_PER_BRANCH < 2), month, STAYS)
    day = calendar.first_day[np.maximum(leaves, 0)] + rng.integers(0, 25, managers)
    return Staff(branches, np.arange(managers) // MANAGERS_PER_BRANCH, leaves, np.where(leaves == STAYS, STAYS, day))
