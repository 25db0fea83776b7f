"""Registers: the small tables that are written once, of branches, managers, industries and days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from demo.calendar import Calendar
from demo.columns import Ints, as_dates, name_branches, name_managers, pick
from demo.customers import CITIES
from demo.economy import INDUSTRIES
from demo.holidays import list_holidays
from demo.staff import HANDOVER_DAYS, STAYS, Staff
from demo.telling import keep_known

REGIONS = tuple(dict.fromkeys(region for region, _ in CITIES))
HEAD_OFFICE = "B000"
FOUNDED = 7000  # days before the first month on which the bank opened
GRADES = ("trainee", "fourth", "third", "second", "first", "senior")
GRADE_SHARES = (0.12, 0.22, 0.24, 0.20, 0.14, 0.08)
TRAINEE, SENIOR = 0, len(GRADES) - 1
RISES_A_YEAR, REVIEWED_WITHIN = 0.15, 12  # days after New Year


def tabulate_branches(staff: Staff, calendar: Calendar) -> pa.Table:
    """Lay out landing.branches, a tree: head office, a regional branch a region, and the branches below these."""
    branch = np.arange(staff.branches)
    regional = [f"R{place + 1:02d}" for place in range(len(REGIONS))]
    names = pa.compute.binary_join_element_wise(pa.scalar("Branch"), name_branches(branch), pa.scalar(" "))
    region = branch % len(REGIONS)
    count = 1 + len(REGIONS) + branch.size
    return pa.table(
        {
            "branch_id": pa.concat_arrays([pa.array([HEAD_OFFICE, *regional]), name_branches(branch)]),
            "parent_branch_id": pa.concat_arrays(
                [pa.array([None] + [HEAD_OFFICE] * len(REGIONS)), pick(regional, region)]
            ),
            "kind": pa.array(["head_office"] + ["regional"] * len(REGIONS) + ["branch"] * branch.size),
            "name": pa.concat_arrays([pa.array(["Head Office", *(f"{region} Region" for region in REGIONS)]), names]),
            "region": pa.concat_arrays([pa.array([None, *REGIONS]), pick(REGIONS, region)]),
            "known_on": as_dates(np.full(count, calendar.first_day[0] - FOUNDED)),
        }
    )


@dataclass(frozen=True)
class _Word:
    """What the bank says of some managers, all at once: from which day, which grade, and whether they have left."""

    manager: Ints
    known: Ints
    grade: Ints
    has_left: bool = False


def tabulate_managers(rng: np.random.Generator, staff: Staff, calendar: Calendar) -> pa.Table:
    """Lay out landing.managers: a row when each came, passed the exam, was moved by a yearly review, or left.

    Who has not passed the exam is a trainee.
    """
    joined = calendar.first_day[0] - rng.integers(200, 5000, staff.managers)
    exam = joined + rng.integers(30, 190, staff.managers)
    words = _draw_words(rng, staff, calendar, joined, exam)
    manager, known, grade = (
        np.concatenate([getattr(word, name) for word in words]) for name in ("manager", "known", "grade")
    )
    has_left = np.repeat([word.has_left for word in words], [word.manager.size for word in words])
    order = keep_known(known, int(calendar.first_day[-1]))
    manager, grade, has_left = manager[order], grade[order], has_left[order]
    names = pa.compute.binary_join_element_wise(pa.scalar("Manager"), name_managers(manager), pa.scalar(" "))
    return pa.table(
        {
            "manager_id": name_managers(manager),
            "branch_id": name_branches(staff.branch[manager]),
            "name": names,
            "grade": pick(GRADES, grade),
            "exam_passed_on": as_dates(exam[manager], missing=grade == TRAINEE),
            "joined_on": as_dates(joined[manager]),
            "left_on": as_dates(staff.leaves_on[manager], missing=~has_left),
            "known_on": as_dates(known[order]),
        }
    )


def _draw_words(rng: np.random.Generator, staff: Staff, calendar: Calendar, joined: Ints, exam: Ints) -> list[_Word]:
    everybody = np.arange(staff.managers)
    grade = np.searchsorted(np.cumsum(GRADE_SHARES)[:-1], rng.random(staff.managers), side="right")
    passed = np.flatnonzero(grade > TRAINEE)
    words = [
        _Word(everybody, joined, np.full(staff.managers, TRAINEE)),
        _Word(passed, exam[passed] + 1, grade[passed]),
    ]
    for january in calendar.first_day[:-1][calendar.month_of_year == 0]:
        day = january + rng.integers(4, REVIEWED_WITHIN)
        stays = (staff.leaves_on == STAYS) | (staff.leaves_on > day)
        rises = (rng.random(staff.managers) < RISES_A_YEAR) & (grade > TRAINEE) & (grade < SENIOR) & stays
        grade = grade + rises
        risen = np.flatnonzero(rises)
        words.append(_Word(risen, np.full(risen.size, day), grade[risen]))
    leavers = np.flatnonzero(staff.leaves_on != STAYS)
    return [*words, _Word(leavers, staff.leaves_on[leavers] + HANDOVER_DAYS, grade[leavers], has_left=True)]


def tabulate_industries(calendar: Calendar) -> pa.Table:
    """Lay out landing.industries: codes and names; where an industry stands in its life is not written."""
    return pa.table(
        {
            "industry_code": pa.array([industry.code for industry in INDUSTRIES]),
            "name": pa.array([industry.words_zh for industry in INDUSTRIES]),
            "name_en": pa.array([industry.words_en for industry in INDUSTRIES]),
            "known_on": as_dates(np.full(len(INDUSTRIES), calendar.first_day[0] - FOUNDED)),
        }
    )


def tabulate_calendar(calendar: Calendar) -> pa.Table:
    """Lay out landing.calendar, from the first month's year to the year after the end's: known a year ahead."""
    first = calendar.first_day[:1].astype("datetime64[D]").astype(date)[0].year
    last = (calendar.end - timedelta(days=1)).year + 1
    holidays = {day: name for year in range(first, last + 1) for day, name in list_holidays(year).items()}
    days = np.arange(np.datetime64(f"{first}-01-01"), np.datetime64(f"{last + 1}-01-01"))
    names = [holidays.get(day) for day in days.astype(date)]
    is_off = np.array([name is not None for name in names]) | ~np.is_busday(days)
    told = (days.astype("datetime64[Y]") - 1).astype("datetime64[D]")
    return pa.table(
        {
            "day": as_dates(days.astype(np.int64)),
            "is_business_day": pa.array(~is_off),
            "holiday": pa.array(names, pa.string()),
            "known_on": as_dates(told.astype(np.int64)),
        }
    )
