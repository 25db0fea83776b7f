"""The economy: how each industry moves through its life cycle, its tide and its slumps, and what season it has.

Nothing of this is written out but the industries' names. A firm inherits its industry's tide, and its industry's stage
decides what becomes of it more often.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

START_UP, GROWTH, MATURITY, DECLINE, SLUMP = range(5)  # the first four are stages; a slump may befall any of them
STAGES = ("start_up", "growth", "maturity", "decline")
STAGE_DRIFT = np.array([0.010, 0.008, 0.000, -0.010])  # of log turnover, a month
STAGE_ENDS = np.array([1 / 24, 1 / 60, 1 / 96, 1 / 120])  # chance a month; a decline ends in a new start
STAGE_FOLLOWERS = np.array([GROWTH, MATURITY, DECLINE, START_UP])
CYCLE_MEMORY, CYCLE_SPREAD = 0.85, 0.005
SLUMP_CHANCE, SLUMP_MONTHS, SLUMP_DRIFT = 1 / 90, 5, -0.035
NEW_YEAR, QUARTER_ENDS = 1, (2, 5, 8, 11)


@dataclass(frozen=True)
class Industry:
    """One industry: its code and words, how strong its season is and which month (0 = January) it peaks in."""

    code: str
    words_en: str
    words_zh: str
    season_strength: float
    season_peak: int
    first_stage: int


INDUSTRIES = (
    Industry("A01", "farming", "农业", 0.35, 9, MATURITY),
    Industry("C13", "food processing", "农副食品加工业", 0.25, 0, MATURITY),
    Industry("C26", "chemicals", "化学原料和化学制品制造业", 0.08, 5, DECLINE),
    Industry("C34", "general machinery", "通用设备制造业", 0.10, 10, MATURITY),
    Industry("C38", "electrical equipment", "电气机械和器材制造业", 0.12, 11, GROWTH),
    Industry("C39", "electronics", "计算机、通信和其他电子设备制造业", 0.20, 8, GROWTH),
    Industry("E47", "building construction", "房屋建筑业", 0.28, 10, DECLINE),
    Industry("F51", "wholesale", "批发业", 0.12, 3, MATURITY),
    Industry("F52", "retail", "零售业", 0.25, 11, MATURITY),
    Industry("G54", "road transport", "道路运输业", 0.12, 7, MATURITY),
    Industry("H61", "hotels", "住宿业", 0.28, 6, START_UP),
    Industry("I65", "software", "软件和信息技术服务业", 0.05, 11, GROWTH),
    Industry("L72", "business services", "商务服务业", 0.08, 2, START_UP),
)
PERSONS = len(INDUSTRIES)  # persons live as in one more industry, mature, without a tide and without slumps
PERSON_PEAK, PERSON_STRENGTH = 0, 0.06


@dataclass(frozen=True)
class Industries:
    """Where each industry stands in one month: arrays of one shape, whose first axis is the industry (or a draw)."""

    stage: NDArray[np.int64]
    cycle: NDArray[np.float64]
    slump_left: NDArray[np.int64]
    is_person: NDArray[np.bool_]

    @property
    def condition(self) -> NDArray[np.int64]:
        """The stage, or SLUMP while one lasts: what the firms' chances depend on."""
        return np.where(self.slump_left > 0, SLUMP, self.stage)

    @property
    def drift(self) -> NDArray[np.float64]:
        """The month's change of log turnover that every firm of the industry shares."""
        tide = STAGE_DRIFT[self.stage] + self.cycle + np.where(self.slump_left > 0, SLUMP_DRIFT, 0.0)
        return np.where(self.is_person, 0.0, tide)

    def take(self, industry: int, count: int) -> Industries:
        """Return `count` copies of one industry, to be moved on each by its own chance."""
        whole = (self.stage, self.cycle, self.slump_left, self.is_person)
        stage, cycle, slump_left, is_person = (np.full(count, values[industry]) for values in whole)
        return Industries(stage, cycle, slump_left, is_person)


@dataclass(frozen=True)
class Economy:
    """The industries month by month, some burn-in months first; `season` is industry x calendar month, mean 1."""

    by_month: tuple[Industries, ...]
    burn_in: int
    season: NDArray[np.float64]

    def in_month(self, month: int) -> Industries:
        """Return the industries in a month of the bank; negative months are of the burn-in."""
        return self.by_month[self.burn_in + month]


def draw_economy(rng: np.random.Generator, months: int, burn_in: int) -> Economy:
    """Draw the industries' life over the burn-in and the bank's months."""
    stages = [industry.first_stage for industry in INDUSTRIES] + [MATURITY]
    count = len(stages)
    is_person = np.arange(count) == PERSONS
    now = Industries(np.array(stages), np.zeros(count), np.zeros(count, dtype=np.int64), is_person)
    by_month = []
    for _ in range(burn_in + months):
        now = move_on(rng, now)
        by_month.append(now)
    return Economy(tuple(by_month), burn_in, lay_out_seasons())


def move_on(rng: np.random.Generator, now: Industries) -> Industries:
    """Return the industries a month later: a stage may end, the cycle wanders, a slump begins, goes on or ends."""
    count = now.stage.size
    ends = (rng.random(count) < STAGE_ENDS[now.stage]) & ~now.is_person
    begins = (rng.random(count) < SLUMP_CHANCE) & (now.slump_left == 0) & ~now.is_person
    return replace(
        now,
        stage=np.where(ends, STAGE_FOLLOWERS[now.stage], now.stage),
        cycle=CYCLE_MEMORY * now.cycle + CYCLE_SPREAD * rng.standard_normal(count),
        slump_left=np.where(begins, SLUMP_MONTHS, np.maximum(now.slump_left - 1, 0)),
    )


def lay_out_seasons() -> NDArray[np.float64]:
    """Return each industry's season: a wave, a short month at the New Year and a little more at each quarter's end."""
    strength = np.array([industry.season_strength for industry in INDUSTRIES] + [PERSON_STRENGTH])[:, None]
    peak = np.array([industry.season_peak for industry in INDUSTRIES] + [PERSON_PEAK])[:, None]
    wave = 1 + strength * np.cos(2 * np.pi * (np.arange(12)[None, :] - peak) / 12)
    wave[:, NEW_YEAR] *= 0.85
    wave[:PERSONS, QUARTER_ENDS] *= 1.05
    return np.asarray(wave / wave.mean(axis=1, keepdims=True))
