"""Hidden states: how each customer's business goes, month by month, as a chain whose states last for a while.

Nothing of this is written out. Flows and events follow the states with leads and lags, so that a model can foresee
what a glance at last month's turnover cannot.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

STEADY, RISING, STRAINED, FAILING, GONE = range(5)
_LONGEST = 99


@dataclass(frozen=True)
class StateRule:
    """How long a state lasts in months (shortest, longest) and what may follow it, with which chance."""

    shortest: int
    longest: int
    followers: tuple[tuple[int, float], ...]


RULES: dict[int, StateRule] = {
    STEADY: StateRule(5, 26, ((RISING, 0.45), (STRAINED, 0.35), (STEADY, 0.20))),
    RISING: StateRule(7, 15, ((STEADY, 0.80), (STRAINED, 0.20))),
    STRAINED: StateRule(4, 9, ((FAILING, 0.55), (STEADY, 0.45))),
    FAILING: StateRule(4, 8, ((STEADY, 0.30), (GONE, 0.70))),
    GONE: StateRule(_LONGEST, _LONGEST, ((GONE, 1.0),)),
}


def draw_states(rng: np.random.Generator, customers: int, months: int, burn_in: int = 18) -> NDArray[np.int8]:
    """Return the state of each customer (rows) in each month (columns); a burn-in hides that all begin steady."""
    states = np.empty((customers, burn_in + months), dtype=np.int8)
    now = np.full(customers, STEADY, dtype=np.int8)
    left = rng.integers(1, RULES[STEADY].longest, customers)
    for month in range(burn_in + months):
        ended = left == 0
        now[ended], left[ended] = _draw_followers(rng, now[ended])
        if month == burn_in:  # who left before the first month is no customer: a newcomer takes the place
            gone = now == GONE
            now[gone], left[gone] = STEADY, rng.integers(1, RULES[STEADY].longest, int(gone.sum()))
        states[:, month] = now
        left = left - 1
    return states[:, burn_in:]


def _draw_followers(rng: np.random.Generator, ended: NDArray[np.int8]) -> tuple[NDArray[np.int8], NDArray[np.int64]]:
    following = ended.copy()
    for state, rule in RULES.items():
        chosen = ended == state
        targets, chances = zip(*rule.followers, strict=True)
        following[chosen] = rng.choice(targets, size=int(chosen.sum()), p=chances)
    left = np.zeros(ended.size, dtype=np.int64)
    for state, rule in RULES.items():
        chosen = following == state
        left[chosen] = rng.integers(rule.shortest, rule.longest + 1, int(chosen.sum()))
    return following, left


def shift_months(panel: NDArray[Any], months: int) -> NDArray[Any]:
    """Return the panel as it stands `months` later (negative: earlier); the edge month is repeated."""
    columns = np.clip(np.arange(panel.shape[1]) + months, 0, panel.shape[1] - 1)
    return panel[:, columns]
