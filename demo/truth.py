"""The truth: each customer's true probability of growth and of distress in the next half year, by its hidden state.

What is to come depends on the situation (state, months in it, state a month ago), the industry as it stands, pace,
wildness and exposure, and on nothing else but one ratio: the trailing mean of turnover over the present level. For each
combination of the former the future is drawn DRAWS times, and the two probabilities become curves over that ratio.
Rows that come late and corrections are left out: they move a customer's sums by a percent or so.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from demo.calendar import Calendar
from demo.columns import Floats, Ints, as_dates, name_customers, pick
from demo.customers import PACES, WILDNESS, Customers
from demo.economy import Economy, Industries, move_on
from demo.flows import DRIFT, WANDER, Flows, draw_noise
from demo.states import GONE, STATES, Panel, follow_states, list_situations
from demo.troubles import INSOLVENCY, Troubles, chance_of_trouble, find_exposure

HORIZON = 6
DRAWS = 600
GROWTH_TIMES, GROWTH_FLOOR_CNY, DISTRESS_TIMES = 1.5, 5000.0, 0.3  # labels growth_v1 and distress_v1
RATIOS = np.arange(-3.0, 4.001, 0.05)  # of log(trailing mean / present level)
EXPOSURES = 3
_FAR = 25.0  # beyond any logarithm met here


@dataclass(frozen=True)
class Futures:
    """Curves over RATIOS, one month's: growth a line a cell, distress the cells of each exposure in turn.

    `place` finds the line of a situation within its industry.
    """

    place: NDArray[np.int64]  # (state a month ago, state, age) -> line, -1 where that cannot be
    growth: NDArray[np.float32]
    distress: NDArray[np.float32]

    def find_cell(self, industry: Ints, situation: Ints, pace: Ints, wildness: Ints) -> Ints:
        """Return the line of each customer in `growth`."""
        lines = int(self.place.max()) + 1
        return ((industry * lines + situation) * PACES.size + pace) * WILDNESS.size + wildness


def draw_futures(rng: np.random.Generator, economy: Economy, month: int, calendar: Calendar) -> Futures:
    """Draw what may come after a month for every combination that a customer can be in."""
    situations, now = list_situations(), economy.in_month(month)
    ahead = (calendar.month_of_year[month] + 1 + np.arange(HORIZON)) % 12
    noise = np.stack([draw_noise(rng, np.full(DRAWS, wildness), (HORIZON, DRAWS)) for wildness in range(WILDNESS.size)])
    luck = np.cumsum(rng.standard_normal((HORIZON, DRAWS)), axis=0)
    noise *= np.exp(WANDER[:, None, None] * luck)
    curves = []
    for industry in range(economy.season.shape[0]):
        paths = _draw_paths(rng, situations, now.take(industry, len(situations) * DRAWS))
        curves.append(_draw_curves(_average(paths, noise * economy.season[industry, ahead][:, None]), paths.survives))
    growth, distress = (np.concatenate(part) for part in zip(*curves, strict=True))
    place = np.full((GONE + 1, GONE + 1, int(situations.max()) + 1), -1)
    place[tuple(situations.T.astype(np.int64))] = np.arange(len(situations))
    return Futures(place, growth, distress.transpose(1, 0, 2).reshape(-1, RATIOS.size))


@dataclass(frozen=True)
class _Paths:
    """DRAWS futures of each situation: months x situations x draws; `survives`: the chance of no trouble on each.

    The first axis of `survives` is the exposure.
    """

    drift: Floats
    tide: Floats
    is_open: NDArray[np.bool_]
    survives: Floats


def _draw_paths(rng: np.random.Generator, situations: NDArray[np.int8], industry: Industries) -> _Paths:
    before, state, age = (np.repeat(column, DRAWS) for column in situations.T)
    trouble = chance_of_trouble()
    drift, tide, is_open, survives = [], [], [], np.ones((EXPOSURES, state.size))
    for _ in range(HORIZON):
        industry = move_on(rng, industry)
        after, age = follow_states(rng, state, age, industry.condition)
        goes = (after == GONE) & (state != GONE)
        survives *= (1 - trouble[:, after]) * np.where(goes, 1 - INSOLVENCY, 1.0)
        drift.append(DRIFT[before])
        tide.append(industry.drift)
        is_open.append(after != GONE)
        before, state = state, after
    shape = (-1, len(situations), DRAWS)
    return _Paths(*(np.array(one).reshape(shape) for one in (drift, tide, is_open, survives)))


def _average(paths: _Paths, weights: Floats) -> Floats:
    """Return the mean turnover of the half year over the present level: situations x pace x wildness x draws."""
    means = []
    for pace in PACES:
        reached = np.exp(np.cumsum(paths.drift * pace + paths.tide, axis=0)) * paths.is_open
        means.append(np.einsum("msd,wmd->swd", reached, weights) / HORIZON)
    return np.stack(means, axis=1)


def _draw_curves(means: Floats, survives: Floats) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return P(mean >= 1.5 ratio) a cell and, by exposure, 1 - P(no trouble and mean >= 0.3 ratio), over RATIOS."""
    cells, per_situation = means.reshape(-1, DRAWS), means.shape[1] * means.shape[2]
    order = np.argsort(cells, axis=1)
    logs = np.log(np.maximum(np.take_along_axis(cells, order, axis=1), np.exp(-_FAR)))
    shared = np.repeat(survives.transpose(1, 0, 2), per_situation, axis=0)  # cells x exposures x draws
    sorted_ = np.take_along_axis(shared, order[:, None, :], axis=2)
    lasting = np.concatenate(
        [np.cumsum(sorted_[..., ::-1], axis=2)[..., ::-1], np.zeros((*sorted_.shape[:2], 1))], axis=2
    )
    growth = 1 - _count_below(logs, RATIOS + np.log(GROWTH_TIMES)) / DRAWS
    below = _count_below(logs, RATIOS + np.log(DISTRESS_TIMES))
    distress = 1 - np.take_along_axis(lasting, below[:, None, :], axis=2) / DRAWS
    return growth.astype(np.float32), distress.astype(np.float32)


def _count_below(logs: Floats, points: Floats) -> Ints:
    """Return how many of each sorted line are below each point: one search, the lines laid end to end."""
    lines = 2 * _FAR * np.arange(len(logs))[:, None]
    found = np.searchsorted((logs + lines).ravel(), (points[None, :] + lines).ravel())
    return np.asarray(found.reshape(len(logs), -1) - DRAWS * np.arange(len(logs))[:, None])


@dataclass(frozen=True)
class Truth:
    """Probabilities customers x months, each given what is so at the end of the month; NaN before a customer came."""

    growth: Floats
    distress: Floats


def write_truth(
    customers: Customers, panel: Panel, flows: Flows, troubles: Troubles, futures: tuple[Futures, ...]
) -> Truth:
    """Look every customer-month up; who is gone can only be in distress."""
    mean = average_trailing(flows.turnover_amount, customers.first_month)
    exposure, before = find_exposure(troubles), panel.lagged(1)
    growth, distress = np.zeros(mean.shape), np.ones(mean.shape)
    for month, future in enumerate(futures):
        here = np.flatnonzero((flows.level_amount[:, month] > 0) & (mean[:, month] > 0))
        line = future.place[before[here, month], panel.state[here, month], panel.age[here, month]]
        cell = future.find_cell(customers.industry[here], line, customers.pace[here], customers.wildness[here])
        level, trailing = flows.level_amount[here, month], mean[here, month]
        floored = np.maximum(trailing, GROWTH_FLOOR_CNY / GROWTH_TIMES)
        growth[here, month] = read_curves(future.growth, cell, floored / level)
        exposed = exposure[here, month] * len(future.growth) + cell
        distress[here, month] = read_curves(future.distress, exposed, trailing / level)
    unknown = np.arange(mean.shape[1]) < customers.first_month[:, None]
    return Truth(np.where(unknown, np.nan, growth), np.where(unknown, np.nan, distress))


def average_trailing(turnover_amount: Floats, first_month: Ints, span: int = 12) -> Floats:
    """Return the mean of the last `span` months up to each month, or of the months there are."""
    summed = np.cumsum(turnover_amount, axis=1)
    summed[:, span:] -= summed[:, :-span].copy()
    known = np.arange(1, turnover_amount.shape[1] + 1)[None, :] - first_month[:, None]
    return np.maximum(summed, 0.0) / np.clip(known, 1, span)


def read_curves(curves: NDArray[np.float32], line: Ints, ratio: Floats) -> Floats:
    """Return each line's value at its ratio, between two points by a straight line."""
    place = np.clip((np.log(ratio) - RATIOS[0]) / (RATIOS[1] - RATIOS[0]), 0, RATIOS.size - 1.001)
    low = place.astype(np.int64)
    share = place - low
    return np.asarray(curves[line, low] * (1 - share) + curves[line, low + 1] * share, dtype=np.float64)


def tabulate_truth(customers: Customers, panel: Panel, truth: Truth, calendar: Calendar) -> pa.Table:
    """Lay the truth out: one row a customer and as_of, the morning after the month it was so in."""
    row, month = np.nonzero(~np.isnan(truth.growth))
    return pa.table(
        {
            "customer_id": name_customers(customers.number[row]),
            "as_of": as_dates(calendar.first_day[month + 1]),
            "hidden_state": pick(STATES, panel.state[row, month]),
            "true_growth": pa.array(truth.growth[row, month].astype(np.float32)),
            "true_distress": pa.array(truth.distress[row, month].astype(np.float32)),
        }
    )
