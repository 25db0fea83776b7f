"""Flows: the money that moves in a month, drawn from the hidden states with lags, seasons, tides and heavy tails.

Payments, partners, returns and voids answer a customer's state at once, turnover answers two months later: so what is
to come can be foreseen, by nothing but what has already begun. Seasons and single large orders move turnover as well
and mean nothing. What decides the next months is the state, the level and the industry; demo/truth.py relies on that.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from demo.calendar import Calendar
from demo.columns import Floats
from demo.customers import PACES, WILDNESS, Customers
from demo.economy import Economy
from demo.states import FAILING, GONE, STRAINED, Panel

LAG = 2  # months from a state to its work on turnover
DRIFT = np.array([0.0, 0.050, -0.045, -0.22, 0.0])  # of log turnover, a month, by state
RETURN_SHARE = np.array([0.015, 0.010, 0.080, 0.150, 0.0])
VOID_SHARE = np.array([0.012, 0.012, 0.025, 0.040, 0.0])
PAYMENT_SHARE = np.array([0.82, 0.94, 0.58, 0.45, 0.0])  # payments over turnover; the strained hold them back
PARTNER_LIFT = np.array([0.0, 0.08, -0.15, -0.30, 0.0])  # of log partners, a month
SCRAMBLE_PAYMENTS, SCRAMBLE_LIFT, SCRAMBLE_RETURNS = 1.85, 0.24, 1.6  # factor, added lift, factor: see Customers
ODD_MONTHS = ((0.02, 0.5, 1.3), (0.02, -1.2, -0.5))  # chance and size on a log scale: a large order, a quiet month
IDLE_CHANCE = np.array([0.0, 0.01, 0.06])  # of a month without any turnover, by wildness
PAYMENT_SPREAD = 0.07
WANDER = np.array([0.11, 0.18, 0.26])  # of log turnover, a month, for good: each has its own luck; by wildness


@dataclass(frozen=True)
class Flows:
    """Amounts of each month, customers x months: `turnover_amount` is inflow less returns, `payments_amount` outflow.

    `level_amount` is what turnover would be expected to be without season and chance: hidden, as the states are.
    """

    turnover_amount: Floats
    payments_amount: Floats
    level_amount: Floats
    partners: Floats
    return_share: Floats
    void_share: Floats


def draw_flows(
    rng: np.random.Generator, customers: Customers, panel: Panel, economy: Economy, calendar: Calendar
) -> Flows:
    """Turn hidden states into monthly flows."""
    pace = PACES[customers.pace][:, None]
    tide = np.stack([economy.in_month(month).drift for month in range(calendar.months)], axis=1)[customers.industry]
    months = np.arange(calendar.months)[None, :]
    has_begun = months >= customers.first_month[:, None]
    luck = WANDER[customers.wildness][:, None] * rng.standard_normal(panel.state.shape)
    level = np.cumsum((DRIFT[panel.lagged(LAG)] * pace + tide + luck) * has_begun, axis=1)
    level_amount = customers.base_amount[:, None] * np.exp(level)
    is_open = has_begun & (panel.state != GONE)
    season = economy.season[customers.industry][:, calendar.month_of_year]
    turnover = level_amount * season * is_open * draw_noise(rng, customers.wildness[:, None], panel.state.shape)
    spread = np.exp(PAYMENT_SPREAD * rng.standard_normal(panel.state.shape))
    is_scramble = customers.is_scrambler[:, None] & np.isin(panel.state, (STRAINED, FAILING))
    payments = PAYMENT_SHARE[panel.state] * np.where(is_scramble, SCRAMBLE_PAYMENTS, 1.0)
    lift = PARTNER_LIFT[panel.state] + np.where(is_scramble, SCRAMBLE_LIFT, 0.0)
    returns = RETURN_SHARE[panel.state] * np.where(is_scramble, SCRAMBLE_RETURNS, 1.0)
    return Flows(
        turnover_amount=turnover,
        payments_amount=level_amount * season * is_open * payments * spread,
        level_amount=level_amount * is_open,
        partners=np.exp(np.clip(np.cumsum(lift * pace, axis=1), -3.0, 3.0)) * customers.partners[:, None],
        return_share=np.minimum(returns * customers.return_habit[:, None], 0.4),
        void_share=VOID_SHARE[panel.state],
    )


def draw_noise(rng: np.random.Generator, wildness: np.ndarray, shape: tuple[int, ...]) -> Floats:
    """Return the factor by which chance moves turnover: a spread, now and then an odd month, or none at all."""
    noise = WILDNESS[wildness] * rng.standard_normal(shape)
    for chance, least, most in ODD_MONTHS:
        noise += (rng.random(shape) < chance) * rng.uniform(least, most, shape)
    return np.where(rng.random(shape) < IDLE_CHANCE[wildness], 0.0, np.exp(noise))
