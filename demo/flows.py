"""Flows: the money that moves, drawn from the hidden states with leads, seasons, shocks and heavy tails.

Purchases run about two months ahead of sales and partners are won before turnover rises, or lost before it falls;
returns and voids swell under strain. Seasons and single large orders move turnover as well and mean nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from demo.calendar import Calendar
from demo.customers import Customers
from demo.states import FAILING, GONE, RISING, STRAINED, shift_months

Panel = NDArray[np.float64]
LEAD_MONTHS = 2
MONTHLY_DRIFT = {RISING: 0.075, STRAINED: -0.025, FAILING: -0.30}
RETURN_SHARE = np.array([0.015, 0.010, 0.045, 0.090, 0.0])  # by state
VOID_SHARE = np.array([0.012, 0.012, 0.025, 0.040, 0.0])
PAYMENT_SHARE = np.array([0.82, 0.86, 0.78, 0.90, 0.0])  # payments over receipts; the strained hold them back
PARTNER_LIFT = {RISING: 0.07, STRAINED: -0.09, FAILING: -0.20}
SCRAMBLE_PAYMENTS, SCRAMBLE_PARTNERS, SCRAMBLE_RETURNS = 1.45, 0.13, 1.6  # factor, added lift, factor: see Customers
ODD_MONTHS = ((0.025, 0.5, 1.3), (0.025, -1.2, -0.5))  # chance and size on a log scale: a large order, a quiet month


@dataclass(frozen=True)
class Flows:
    """Monthly expectations, customers x months: receipts and payments in CNY, and partners in use."""

    receipts_cny: Panel
    payments_cny: Panel
    partners: Panel
    return_share: Panel
    void_share: Panel


def draw_flows(rng: np.random.Generator, customers: Customers, states: NDArray[np.int8], calendar: Calendar) -> Flows:
    """Turn hidden states into expected monthly flows."""
    pace = rng.lognormal(0, 0.35, (states.shape[0], 1))
    level = np.cumsum(_by_state(MONTHLY_DRIFT, states) * pace, axis=1)
    ahead = shift_months(states, LEAD_MONTHS)
    level_ahead = shift_months(level, LEAD_MONTHS)
    season = customers.season[:, calendar.month_of_year]
    open_ = (np.arange(calendar.months)[None, :] >= customers.first_month[:, None]) & (states != GONE)
    scale = customers.monthly_cny[:, None] * season * open_
    scrambles = customers.is_scrambler[:, None] & np.isin(states, (STRAINED, FAILING))
    payments = PAYMENT_SHARE[states] * np.where(scrambles, SCRAMBLE_PAYMENTS, 1.0)
    lift = _by_state(PARTNER_LIFT, ahead) + SCRAMBLE_PARTNERS * (customers.is_scrambler[:, None] & (ahead == STRAINED))
    returns = RETURN_SHARE[states] * np.where(scrambles, SCRAMBLE_RETURNS, 1.0) * customers.return_habit[:, None]
    return Flows(
        receipts_cny=scale * np.exp(level + _draw_shocks(rng, states.shape, 0.16, 0.5)),
        payments_cny=scale * payments * np.exp(level_ahead + _draw_shocks(rng, states.shape, 0.14, 0.3)),
        partners=np.exp(np.cumsum(lift * pace, axis=1)) * customers.partners[:, None],
        return_share=np.minimum(returns, 0.5),
        void_share=VOID_SHARE[states],
    )


def _by_state(values: dict[int, float], states: NDArray[np.generic]) -> Panel:
    table = np.zeros(GONE + 1)
    for state, value in values.items():
        table[state] = value
    return np.asarray(table[states])


def _draw_shocks(rng: np.random.Generator, shape: tuple[int, ...], spread: float, memory: float) -> Panel:
    """Return noise on a log scale that remembers the month before, and now and then a month that means nothing."""
    noise = rng.normal(0, spread, shape)
    for month in range(1, shape[1]):
        noise[:, month] += memory * noise[:, month - 1]
    for chance, least, most in ODD_MONTHS:
        noise += (rng.random(shape) < chance) * rng.uniform(least, most, shape)
    return noise
