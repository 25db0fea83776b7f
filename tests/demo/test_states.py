"""Hidden states: they last, follow their rules, and show in payments and events ahead of the turnover."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from demo.bank import BURN_IN, END
from demo.calendar import make_calendar
from demo.customers import Customers, draw_customers
from demo.economy import INDUSTRIES, MATURITY, PERSONS, SLUMP_MONTHS, STAGE_FOLLOWERS, Economy, draw_economy
from demo.events import KINDS, tabulate_events
from demo.flows import LAG, Flows, draw_flows
from demo.staff import draw_staff
from demo.states import (
    FAILING,
    FOLLOWERS,
    GONE,
    RISING,
    SHORTEST,
    STEADY,
    STRAINED,
    Panel,
    draw_states,
    list_situations,
)
from demo.troubles import ARREARS, draw_troubles

MONTHS = 24


def seeded(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


@pytest.fixture(scope="module")
def economy() -> Economy:
    return draw_economy(seeded(), 60, BURN_IN)


@pytest.fixture(scope="module")
def customers() -> Customers:
    calendar = make_calendar(MONTHS, END)
    drawn = draw_customers(seeded(), 1, 4000, calendar, draw_staff(seeded(), 4000, calendar))
    return replace(drawn, first_month=np.zeros(4000, dtype=np.int64))


def draw_panel(economy: Economy, count: int = 3000, months: int = 60) -> Panel:
    industry = seeded(2).integers(0, PERSONS + 1, count)
    return draw_states(seeded(3), industry, np.zeros(count, dtype=np.int64), economy, months)


def hold_state(state: int, turns_in: int = 0) -> Panel:
    """Return a panel of customers that are steady and take a state in a month."""
    states = np.full((4000, MONTHS), STEADY, dtype=np.int8)
    states[:, turns_in:] = state
    return Panel(states, np.ones_like(states), np.full((4000, 2), STEADY, dtype=np.int8))


def test_a_state_lasts_its_shortest_time_at_least(economy: Economy) -> None:
    for path in draw_panel(economy).state:
        edges = np.flatnonzero(np.diff(path)) + 1
        spells = np.split(path, edges)[1:-1]  # the first and the last spell are cut
        assert all(spell.size >= SHORTEST[spell[0]] for spell in spells)


def test_a_state_is_followed_by_its_followers_only(economy: Economy) -> None:
    state = draw_panel(economy).state
    before, after = state[:, :-1], state[:, 1:]
    for one, (better, worse, _) in FOLLOWERS.items():
        assert set(np.unique(after[before == one]).tolist()) == {one, better, worse}


def test_every_situation_that_comes_about_is_listed_and_no_other(economy: Economy) -> None:
    panel = draw_panel(economy)
    stays = panel.state != GONE
    seen = np.stack([panel.lagged(1)[stays], panel.state[stays], panel.age[stays]], axis=1)
    assert {tuple(row) for row in np.unique(seen, axis=0).tolist()} == {
        tuple(row) for row in list_situations().tolist()
    }


def test_nobody_is_gone_before_it_came(economy: Economy) -> None:
    first = seeded().integers(0, 30, 3000)
    panel = draw_states(seeded(), np.zeros(3000, dtype=np.int64), first, economy, 40)
    is_before = np.arange(40) <= first[:, None]
    assert not (panel.state[is_before] == GONE).any()
    assert (panel.state == GONE).any()


def test_an_industry_goes_through_its_stages_in_order_and_slumps_for_a_while(economy: Economy) -> None:
    stages = np.stack([month.stage for month in economy.by_month], axis=1)
    left = np.stack([month.slump_left for month in economy.by_month], axis=1)
    before, after = stages[:, :-1], stages[:, 1:]
    assert ((after == before) | (after == STAGE_FOLLOWERS[before])).all()
    assert (after != before).any()
    assert (left[PERSONS] == 0).all()
    assert (stages[PERSONS] == MATURITY).all()
    begins = np.argwhere((left[:, 1:] == SLUMP_MONTHS) & (left[:, :-1] == 0))
    assert begins.size
    for industry, month in begins:
        spell = left[industry, month + 1 : month + 1 + SLUMP_MONTHS]
        assert spell.tolist() == list(range(SLUMP_MONTHS, 0, -1))[: spell.size]


def test_seasons_have_mean_one_and_differ_by_industry(economy: Economy) -> None:
    assert economy.season.mean(axis=1) == pytest.approx(np.ones(len(INDUSTRIES) + 1))
    assert economy.season[0].max() > 1.25
    assert economy.season[PERSONS].max() < 1.15


def draw_turn(customers: Customers, turns: int) -> tuple[Flows, np.ndarray]:
    calendar = make_calendar(MONTHS, END)
    quiet = draw_economy(seeded(), MONTHS, BURN_IN)
    flows = draw_flows(seeded(), customers, hold_state(turns, 12), quiet, calendar)
    tide = np.stack([quiet.in_month(month).drift for month in range(MONTHS)], axis=1)
    return flows, np.cumsum(tide, axis=1)[customers.industry]


@pytest.mark.parametrize(("turns", "lifts"), [(RISING, True), (STRAINED, False), (FAILING, False)])
def test_payments_answer_a_state_at_once_and_turnover_two_months_later(
    customers: Customers, turns: int, lifts: bool
) -> None:
    calm = np.flatnonzero(~customers.is_scrambler)
    flows, tide = draw_turn(customers, turns)
    level = (np.log(flows.level_amount) - tide)[calm].mean(axis=0)
    share = np.log(flows.payments_amount[calm, :]).mean(axis=0) - np.log(flows.level_amount[calm]).mean(axis=0)
    jump = share[12] - share[11]
    assert (jump > 0.05) if lifts else (jump < -0.1)
    assert abs(level[11 + LAG] - level[11]) < 0.02
    moved = level[12 + LAG + 2] - level[11 + LAG]
    assert (moved > 0.1) if lifts else (moved < -0.08)


def test_partners_are_won_before_turnover_rises_and_lost_before_it_falls(customers: Customers) -> None:
    calm = np.flatnonzero(~customers.is_scrambler)
    for turns, sign in ((RISING, 1), (STRAINED, -1), (FAILING, -1)):
        partners = np.log(draw_turn(customers, turns)[0].partners[calm]).mean(axis=0)
        assert sign * (partners[13] - partners[11]) > 0.08


def test_a_scrambler_under_strain_buys_ahead_where_others_hold_payments_back(customers: Customers) -> None:
    flows, _ = draw_turn(customers, STRAINED)
    share = flows.payments_amount[:, 12:].sum(axis=1) / flows.turnover_amount[:, 12:].sum(axis=1)
    assert np.median(share[customers.is_scrambler]) > 1.3 * np.median(share[~customers.is_scrambler])


def test_arrears_and_grades_follow_the_state_and_need_a_loan(customers: Customers) -> None:
    counts, falls = [], []
    for state in (STEADY, FAILING):
        troubles = draw_troubles(seeded(), customers, hold_state(state))
        assert not troubles.arrears_days[~customers.is_borrower].any()
        assert not troubles.grade[~customers.is_borrower].any()
        counts.append((troubles.arrears_days > 0).sum())
        falls.append((troubles.grade > 1).any(axis=1).sum())
    assert counts[1] / counts[0] == pytest.approx(ARREARS[FAILING] / ARREARS[STEADY], rel=0.15)
    assert falls[1] > 5 * falls[0] > 0


def test_events_say_what_the_troubles_are(customers: Customers) -> None:
    calendar, panel = make_calendar(MONTHS, END), hold_state(FAILING)
    troubles = draw_troubles(seeded(), customers, panel)
    rows = tabulate_events(seeded(), customers, panel, troubles, calendar, first_id=1).to_pylist()
    arrears = sorted(row["value"] for row in rows if row["kind"] == "arrears")
    assert arrears == sorted(troubles.arrears_days[troubles.arrears_days > 0].tolist())
    assert sum(row["kind"] == "default" for row in rows) == troubles.is_default.sum()
    graded = [row["value"] for row in rows if row["kind"] == "class5"]
    assert set(graded) == {2.0, 3.0, 4.0, 5.0}
    assert {row["kind"] for row in rows} <= set(KINDS)
