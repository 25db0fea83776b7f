"""Bootstrap by customer: whole customers are drawn, since the months of one customer answer alike."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.examples import FloatArray

LEVEL = 0.95
_CELLS = 4_000_000


@dataclass(frozen=True)
class Interval:
    """A value on the rows as they are and its 95 % percentile interval over the draws; NaN when nothing can be said."""

    value: float
    lower: float
    upper: float


@dataclass(frozen=True)
class Draws:
    """How often each row counts in each draw, handed out in slices of bounded memory; the same seed, the same draws."""

    cluster: NDArray[np.intp]
    rounds: int
    seed: int

    def slices(self) -> Iterator[FloatArray]:
        """Yield matrices of (some draws, rows); drawing customers with replacement gives multinomial counts."""
        generator = np.random.default_rng(self.seed)
        clusters = int(self.cluster.max()) + 1
        step = max(1, _CELLS // len(self.cluster))
        for start in range(0, self.rounds, step):
            size = min(step, self.rounds - start)
            counts = generator.multinomial(clusters, np.full(clusters, 1 / clusters), size=size)
            yield counts[:, self.cluster].astype(np.float64)


def draw_customers(customer_id: NDArray[np.str_], rounds: int, seed: int) -> Draws:
    """Plan `rounds` draws of the customers that these rows belong to."""
    _, cluster = np.unique(customer_id, return_inverse=True)
    return Draws(cluster.astype(np.intp), rounds, seed)


def bootstrap(draws: Draws, statistics: Callable[[FloatArray], FloatArray]) -> list[Interval]:
    """Return an interval for each statistic; `statistics` takes (draws, rows) weights and gives (statistics, draws)."""
    point = statistics(np.ones((1, len(draws.cluster))))[:, 0]
    drawn = np.concatenate([statistics(weights) for weights in draws.slices()], axis=1)
    tail = (1 - LEVEL) / 2
    return [Interval(float(value), *_percentiles(line, tail)) for value, line in zip(point, drawn, strict=True)]


def _percentiles(drawn: FloatArray, tail: float) -> tuple[float, float]:
    known = drawn[~np.isnan(drawn)]
    if not len(known):
        return float("nan"), float("nan")
    lower, upper = np.quantile(known, [tail, 1 - tail])
    return float(lower), float(upper)
