"""Holidays: China's public ones, the lunar among them by a table of days, as a bank's calendar has them.

Working weekends in lieu are left out: they are decided year by year.
"""

from __future__ import annotations

from datetime import date, timedelta

# Lunar New Year, Dragon Boat Festival, Mid-Autumn Festival: month and day, by year.
LUNAR = {
    2010: ((2, 14), (6, 16), (9, 22)),
    2011: ((2, 3), (6, 6), (9, 12)),
    2012: ((1, 23), (6, 23), (9, 30)),
    2013: ((2, 10), (6, 12), (9, 19)),
    2014: ((1, 31), (6, 2), (9, 8)),
    2015: ((2, 19), (6, 20), (9, 27)),
    2016: ((2, 8), (6, 9), (9, 15)),
    2017: ((1, 28), (5, 30), (10, 4)),
    2018: ((2, 16), (6, 18), (9, 24)),
    2019: ((2, 5), (6, 7), (9, 13)),
    2020: ((1, 25), (6, 25), (10, 1)),
    2021: ((2, 12), (6, 14), (9, 21)),
    2022: ((2, 1), (6, 3), (9, 10)),
    2023: ((1, 22), (6, 22), (9, 29)),
    2024: ((2, 10), (6, 10), (9, 17)),
    2025: ((1, 29), (5, 31), (10, 6)),
    2026: ((2, 17), (6, 19), (9, 25)),
    2027: ((2, 6), (6, 9), (9, 15)),
    2028: ((1, 26), (5, 28), (10, 3)),
    2029: ((2, 13), (6, 16), (9, 22)),
    2030: ((2, 3), (6, 5), (9, 12)),
    2031: ((1, 23), (6, 24), (10, 1)),
    2032: ((2, 11), (6, 12), (9, 19)),
}
LUNAR_NAMES = (("Lunar New Year", 7), ("Dragon Boat Festival", 1), ("Mid-Autumn Festival", 1))  # and days off
SOLAR = (("New Year's Day", 1, 1, 1), ("Labour Day", 5, 1, 3), ("National Day", 10, 1, 7))  # month, day, days off


def list_holidays(year: int) -> dict[date, str]:
    """Return the holidays of a year by day; where two meet, the lunar one gives its name."""
    if year not in LUNAR:
        raise ValueError(f"no lunar holidays are known for {year}; expected a year of {min(LUNAR)} to {max(LUNAR)}.")
    spans = [(name, date(year, month, day), days) for name, month, day, days in SOLAR]
    spans.append(("Qingming", date(year, 4, _find_qingming(year)), 1))
    for (name, days), (month, day) in zip(LUNAR_NAMES, LUNAR[year], strict=True):
        spans.append((name, date(year, month, day), days))
    return {first + timedelta(days=place): name for name, first, days in spans for place in range(days)}


def _find_qingming(year: int) -> int:
    """Return the day in April: the fourth or fifth, by the common formula for this century."""
    past = year - 2000
    return int(past * 0.2422 + 4.81) - past // 4
