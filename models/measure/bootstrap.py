"""Bootstrap by customer: whole customers are drawn, since the months of one customer answer alike."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.declare.examples import FloatArray

LEVEL = 0.95
_CELLS = 8_000_000


@dataclass(frozen=True)
class Interval:
    """A value on the rows as they are and its 95 % percentile interval over the draws; NaN when nothing can be said."""

    value: float
    lower: float
    upper: float


@dataclass(frozen=True)
class Draws:
    """How often each customer counts in each draw, in slices of bounded memory; the same seed, the same draws.

    `customer` is the number of the customer that each row belongs to.
    """

    customer: NDArray[np.intp]
    rounds: int
    seed: int

    @property
    def customer_count(self) -> int:
        """How many customers the rows belong to."""
        return int(self.customer.max()) + 1

    def slices(self) -> Iterator[FloatArray]:
        """Yield matrices of (customers, some draws); drawing with replacement gives multinomial counts."""
        generator, customers = np.random.default_rng(self.seed), self.customer_count
        step = max(1, _CELLS // customers)
        for start in range(0, self.rounds, step):
            size = min(step, self.rounds - start)
            counts = generator.multinomial(customers, np.full(customers, 1 / customers), size=size)
            yield np.ascontiguousarray(counts.T, dtype=np.float64)


def draw_customers(customer_id: NDArray[np.str_], rounds: int, seed: int) -> Draws:
    """Plan `rounds` draws of the customers that these rows belong to."""
    _, customer = np.unique(customer_id, return_inverse=True)
    return Draws(customer.astype(np.intp), rounds, seed)


def bootstrap(point: FloatArray, draws: Draws, statistics: Callable[[FloatArray], FloatArray]) -> list[Interval]:
    """Return an interval for each point; `statistics` takes (customers, draws) weights, gives (statistics, draws)."""
    drawn = np.concatenate([statistics(weights) for weights in draws.slices()], axis=1)
    tail = (1 - LEVEL) / 2
    return [Interval(float(value), *_percentiles(line, tail)) for value, line in zip(point, drawn, strict=True)]


def _percentiles(drawn: FloatArray, tail: float) -> tuple[float, float]:
    known = drawn[~np.isnan(drawn)]
    if not len(known):
        return float("nan"), float("nan")
    lower, upper = np.quantile(known, [tail, 1 - tail])
    return float(lower), float(upper)
