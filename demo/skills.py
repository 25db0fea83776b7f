"""Skills of managers: which each holds from when on, more of them the higher the grade, and the few that lapse."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from demo.calendar import Calendar
from demo.columns import Bools, Floats, Ints, as_dates, pick
from demo.registers import GRADES
from demo.telling import keep_known

SKILLS = ("corporate", "retail", "credit", "wealth", "settlement")
SHARE_CORPORATE = 0.55  # of managers; the others begin with persons
OTHER_SIDE = (0.0, 0.10, 0.20, 0.35, 0.50, 0.85)  # by grade: who comes to look after companies and persons
SPECIAL, SPECIAL_A_GRADE = 0.30, 0.08  # each of the three others
BEGUN_WITHIN = (20, 90)  # days after joining in which the first skill is attained
ATTAINED_WITHIN = (10, 2500)  # days after the exam, of the others
TOLD_WITHIN = (1, 10)
SHARE_LAPSED, LAPSED_AFTER = 0.05, (300, 1500)  # of all but the first skill
SHARE_UNTOLD = 0.03  # of managers
NEVER = np.iinfo(np.int32).max


@dataclass(frozen=True)
class _Careers:
    """A row a manager: when he came, passed the exam and left (NEVER where he did not), and the last grade told."""

    manager_id: pa.Array
    joined: Ints
    exam: Ints
    left: Ints
    grade: Ints


def tabulate_skills(rng: np.random.Generator, managers: pa.Table, calendar: Calendar) -> pa.Table:
    """Lay out landing.manager_skills: a row of each skill when a manager came, one when it is attained or lapses.

    It follows from landing.managers, so the two tell of the same people; of a few nothing is told.
    """
    careers = _read_careers(managers)
    shape = (careers.joined.size, len(SKILLS))
    is_first, is_attained = _draw_skills(rng, careers.grade)
    attained = np.where(
        is_first,
        careers.joined[:, None] + rng.integers(*BEGUN_WITHIN, shape),
        careers.exam[:, None] + rng.integers(*ATTAINED_WITHIN, shape),
    )
    lapsed = attained + rng.integers(*LAPSED_AFTER, shape)
    told = rng.integers(*TOLD_WITHIN, shape)
    is_received = np.broadcast_to((rng.random(shape[0]) >= SHARE_UNTOLD)[:, None], shape)
    is_lapsed = is_attained & ~is_first & (rng.random(shape) < SHARE_LAPSED)
    joined = np.broadcast_to(careers.joined[:, None], shape)
    return _lay_out(
        careers,
        np.stack([joined, attained + told, lapsed + told]),
        np.stack([is_received, is_received & is_attained, is_received & is_lapsed]),
        attained,
        int(calendar.first_day[-1]),
    )


def _read_careers(managers: pa.Table) -> _Careers:
    words = [("joined_on", "min"), ("exam_passed_on", "max"), ("left_on", "max"), ("grade", "last")]
    last = managers.group_by("manager_id", use_threads=False).aggregate(words).sort_by("manager_id")
    grade = pc.index_in(last["grade_last"], pa.array(GRADES)).to_numpy().astype(np.int64)
    joined, exam, left = (_read_days(last[name]) for name in ("joined_on_min", "exam_passed_on_max", "left_on_max"))
    return _Careers(last["manager_id"].combine_chunks(), joined, exam, left, grade)


def _read_days(column: pa.ChunkedArray) -> Ints:
    days = pc.fill_null(column.cast(pa.int32()), int(NEVER))
    return days.to_numpy().astype(np.int64)


def _draw_skills(rng: np.random.Generator, grade: Ints) -> tuple[Bools, Bools]:
    """Return whether each skill is the first that a manager attains, and whether he ever attains it."""
    is_corporate = rng.random(grade.size) < SHARE_CORPORATE
    is_first = np.zeros((grade.size, len(SKILLS)), dtype=bool)
    is_first[np.arange(grade.size), np.where(is_corporate, 0, 1)] = True
    chance: Floats = np.repeat(SPECIAL + SPECIAL_A_GRADE * grade[:, None], len(SKILLS), axis=1)
    chance[:, :2] = np.array(OTHER_SIDE)[grade][:, None]
    chance[grade == 0] = 0.0  # a trainee has begun, and no more
    return is_first, is_first | (rng.random(chance.shape) < chance)


def _lay_out(careers: _Careers, known: Ints, is_received: Bools, attained: Ints, end: int) -> pa.Table:
    """Lay words out (of joining, attaining and lapsing, by manager and skill), as far as told before he left."""
    word, manager, skill = np.nonzero(is_received & (known < np.minimum(careers.left, end)[None, :, None]))
    order = keep_known(known[word, manager, skill], end)
    word, manager, skill = word[order], manager[order], skill[order]
    is_held = word == 1
    return pa.table(
        {
            "manager_id": careers.manager_id.take(pa.array(manager)),
            "skill": pick(SKILLS, skill),
            "is_held": pa.array(is_held),
            "attained_on": as_dates(attained[manager, skill], missing=~is_held),
            "known_on": as_dates(known[word, manager, skill]),
        }
    )
