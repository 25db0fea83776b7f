"""Splits by time: each test origin learns only from as_ofs whose answers were known on its morning."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from models.declare.examples import BoolArray, Examples
from models.errors import ModellingError


class SplitError(ModellingError):
    """Too little time to hold a test out."""


@dataclass(frozen=True)
class Origin:
    """One fit of the out-of-time test: it learns from as_ofs up to `learns_until` and is tested on `tests`."""

    learns_until: date
    tests: tuple[date, ...]


def shift_months(day: date, months: int) -> date:
    """Move the first day of a month by whole months."""
    count = day.year * 12 + day.month - 1 + months
    return day.replace(year=count // 12, month=count % 12 + 1)


def plan_origins(
    as_ofs: Sequence[date], *, test_months: int, horizon_months: int, refit_every: int = 1
) -> tuple[Origin, ...]:
    """Plan the rolling-origin test over the last `test_months` as_ofs, with an embargo as long as the horizon.

    A test as_of without any as_of at least `horizon_months` older cannot be tested and is left out. One fit serves
    `refit_every` test as_ofs and learns what was known on the first of them.
    """
    days = sorted(set(as_ofs))
    tests = [day for day in days[-test_months:] if shift_months(day, -horizon_months) >= days[0]]
    if not tests:
        raise SplitError(
            f"{len(days)} as_ofs leave no out-of-time test: the newest must be {horizon_months} months younger than "
            "the oldest; extend the history or move first_training_as_of back"
        )
    groups = [tests[start : start + refit_every] for start in range(0, len(tests), refit_every)]
    return tuple(Origin(shift_months(group[0], -horizon_months), tuple(group)) for group in groups)


def mask_learnt(examples: Examples, origin: Origin) -> BoolArray:
    """Mark the rows that the fit of this origin may learn from."""
    return np.asarray(examples.as_of <= np.datetime64(origin.learns_until, "D"), dtype=bool)


def mask_tested(examples: Examples, origin: Origin) -> BoolArray:
    """Mark the rows that this origin is tested on."""
    return np.isin(examples.as_of, np.array(origin.tests, dtype="datetime64[D]"))


def assign_folds(examples: Examples, fold_count: int) -> np.ndarray:
    """Deal the customers into folds by their place in the sorted list, so that no customer stands in two."""
    _, codes = np.unique(examples.customer_id, return_inverse=True)
    return np.asarray(codes % fold_count)


def mask_sample(examples: Examples, most_rows: int, among: BoolArray | None = None) -> BoolArray:
    """Mark, among these rows, all months of a share of the customers, so that about `most_rows` are marked.

    The share is drawn by a checksum of the ids: the same customers each time.
    """
    rows = np.ones(len(examples), dtype=bool) if among is None else among
    share = most_rows / max(int(rows.sum()), 1)
    if share >= 1:
        return rows
    customers, place = np.unique(examples.customer_id, return_inverse=True)
    sums = np.array([zlib.crc32(str(customer).encode()) for customer in customers])
    return np.asarray(rows & (sums < share * 2**32)[place], dtype=bool)
