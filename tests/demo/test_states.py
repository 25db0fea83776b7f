"""Hidden states: they last, follow their rules, and show in flows and events ahead of the turnover."""

from __future__ import annotations

import numpy as np
import pytest

from demo.bank import END
from demo.calendar import make_calendar
from demo.customers import draw_customers
from demo.events import ARREARS, CHANCE, KINDS, draw_events
from demo.flows import draw_flows
from demo.states import FAILING, GONE, RISING, RULES, STEADY, STRAINED, draw_states, shift_months


def seeded() -> np.random.Generator:
    return np.random.default_rng(1)


def test_states_last_as_long_as_their_rule_says() -> None:
    states = draw_states(seeded(), customers=400, months=60)
    for path in states:
        edges = np.flatnonzero(np.diff(path)) + 1
        spells = np.split(path, edges)[1:-1]  # the first and the last spell are cut
        assert all(RULES[int(s[0])].shortest <= s.size for s in spells)
        assert all(s.size <= RULES[int(s[0])].longest for s in spells if s[0] != STEADY)  # steady may follow steady


def test_a_state_is_followed_as_its_rule_says() -> None:
    states = draw_states(seeded(), customers=2000, months=60)
    before, after = states[:, :-1], states[:, 1:]
    for state, rule in RULES.items():
        followers = set(np.unique(after[before == state]).tolist()) - {state}
        assert followers == {follower for follower, _ in rule.followers} - {state}


def test_nobody_is_gone_when_the_first_month_begins() -> None:
    states = draw_states(seeded(), customers=2000, months=3)
    assert not (states[:, 0] == GONE).any()
    assert {STEADY, RISING, STRAINED, FAILING} <= set(states[:, 0].tolist())


def test_shifting_months_looks_ahead_and_repeats_the_edge() -> None:
    panel = np.array([[1, 2, 3]])
    assert shift_months(panel, 1).tolist() == [[2, 3, 3]]
    assert shift_months(panel, -2).tolist() == [[1, 1, 1]]


@pytest.mark.parametrize(("turns", "lifts"), [(RISING, True), (STRAINED, False)])
def test_partners_and_purchases_move_before_turnover_does(turns: int, lifts: bool) -> None:
    calendar = make_calendar(24, END)
    customers = draw_customers(seeded(), 4000, calendar)
    states = np.full((4000, 24), STEADY, dtype=np.int8)
    states[:, 12:] = turns
    flows = draw_flows(seeded(), customers, states, calendar)
    open_ = customers.first_month == 0
    partners, season = flows.partners[open_], customers.season[:, calendar.month_of_year][open_]
    receipts = np.log(flows.receipts_cny[open_] / season).mean(axis=0)
    partner_shift = np.log(partners[:, 11] / partners[:, 9]).mean()  # the two months before the turn
    assert (partner_shift > 0.05) if lifts else (partner_shift < -0.05)
    assert abs(receipts[11] - receipts[9]) < 0.03
    assert (receipts[20] > receipts[11] + 0.2) if lifts else (receipts[20] < receipts[11] - 0.1)


def test_arrears_follow_the_state() -> None:
    calendar = make_calendar(12, END)
    customers = draw_customers(seeded(), 3000, calendar)
    counts = []
    for state in (STEADY, FAILING):
        events = draw_events(seeded(), customers, np.full((3000, 12), state, dtype=np.int8), calendar)
        counts.append(events["kind"].to_pylist().count(KINDS[ARREARS]))
    expected = CHANCE[ARREARS][FAILING] / CHANCE[ARREARS][STEADY]
    assert counts[1] / counts[0] == pytest.approx(expected, rel=0.35)
