"""Hidden states: how each customer's business goes, month by month, as a chain whose states last for a while.

Nothing of this is written out but to the truth. Flows and events follow the states with lags, so that a model can
foresee what a glance at last month's turnover cannot. A state is left only after its shortest time, then by a constant
chance: what may come next depends on the state, the months in it (up to the shortest) and the industry's condition.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from demo.economy import SLUMP, Economy

STEADY, RISING, STRAINED, FAILING, GONE = range(5)
STATES = ("steady", "rising", "strained", "failing", "gone")
SHORTEST = np.array([3, 4, 3, 3, 99])  # months
LEAVES = np.array([1 / 14, 1 / 7, 1 / 7, 1 / 5, 0.0])  # chance a month, once the shortest time is over
SLUMP_HASTE = 2.0  # how much oftener a steady state ends in a slump
_STARTS = 5

# What follows: (better, worse, chance of the worse in each condition: start-up, growth, maturity, decline, slump).
FOLLOWERS = {
    STEADY: (RISING, STRAINED, (0.40, 0.40, 0.50, 0.65, 0.85)),
    RISING: (STEADY, STRAINED, (0.15, 0.15, 0.20, 0.35, 0.40)),
    STRAINED: (STEADY, FAILING, (0.40, 0.35, 0.40, 0.50, 0.55)),
    FAILING: (STEADY, GONE, (0.50, 0.50, 0.50, 0.60, 0.60)),
    GONE: (GONE, GONE, (0.0, 0.0, 0.0, 0.0, 0.0)),
}
_BETTER = np.array([FOLLOWERS[state][0] for state in range(_STARTS)], dtype=np.int8)
_WORSE = np.array([FOLLOWERS[state][1] for state in range(_STARTS)], dtype=np.int8)
_WORSE_CHANCE = np.array([FOLLOWERS[state][2] for state in range(_STARTS)])


@dataclass(frozen=True)
class Panel:
    """States customers x months; `age` is the months in the state so far (1 = the first), at most its shortest time.

    `before` holds the states of the two months before the first.
    """

    state: NDArray[np.int8]
    age: NDArray[np.int8]
    before: NDArray[np.int8]

    def lagged(self, months: int) -> NDArray[np.int8]:
        """Return the states as they were `months` (at most 2) earlier."""
        whole = np.concatenate([self.before, self.state], axis=1)
        return whole[:, self.before.shape[1] - months : whole.shape[1] - months]


def draw_states(
    rng: np.random.Generator, industry: NDArray[np.int64], first_month: NDArray[np.int64], economy: Economy, months: int
) -> Panel:
    """Draw each customer's states; the burn-in hides that all begin steady, and nobody is gone before it came."""
    state = np.full(industry.size, STEADY, dtype=np.int8)
    age = rng.integers(1, SHORTEST[STEADY] + 1, industry.size).astype(np.int8)
    states, ages = [], []
    for month in range(-economy.burn_in, months):
        condition = economy.in_month(month).condition[industry]
        state, age = follow_states(rng, state, age, condition)
        left = (state == GONE) & (month <= first_month)
        state, age = np.where(left, STEADY, state).astype(np.int8), np.where(left, 1, age).astype(np.int8)
        states.append(state)
        ages.append(age)
    panel = np.stack(states, axis=1)
    return Panel(
        panel[:, economy.burn_in :],
        np.stack(ages[economy.burn_in :], axis=1),
        panel[:, economy.burn_in - 2 : economy.burn_in],
    )


def follow_states(
    rng: np.random.Generator, state: NDArray[np.int8], age: NDArray[np.int8], condition: NDArray[np.int64]
) -> tuple[NDArray[np.int8], NDArray[np.int8]]:
    """Return state and age a month later, each by its own chance."""
    haste = np.where((condition == SLUMP) & (state == STEADY), SLUMP_HASTE, 1.0)
    leaves = (age >= SHORTEST[state]) & (rng.random(state.size) < LEAVES[state] * haste)
    worse = rng.random(state.size) < _WORSE_CHANCE[state, condition]
    following = np.where(worse, _WORSE[state], _BETTER[state])
    after = np.where(leaves, following, state).astype(np.int8)
    return after, np.where(leaves, 1, np.minimum(age + 1, SHORTEST[state])).astype(np.int8)


def list_situations() -> NDArray[np.int8]:
    """Return every (state a month ago, state, age) from which the future differs, one a row; who is gone has none.

    The state a month ago still works on turnover (LAG of demo/flows.py), and differs only in a state's first month.
    """
    rows = []
    for state in (STEADY, RISING, STRAINED, FAILING):
        sources = [s for s in range(GONE) if state in FOLLOWERS[s][:2] and s != state]
        rows += [(source, state, 1) for source in sources]
        rows += [(state, state, age) for age in range(2, int(SHORTEST[state]) + 1)]
    return np.array(rows, dtype=np.int8)
