"""Columns: from numpy arrays to the Arrow columns of a landing table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Ints: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.float64]
Bools: TypeAlias = NDArray[np.bool_]


def pick(values: Sequence[str], codes: NDArray[Any], missing: Bools | None = None) -> pa.Array:
    """Return `values[codes]` as an Arrow text column, null where missing."""
    return pa.array(list(values)).take(pa.array(codes.astype(np.int64), mask=missing))


def as_dates(days: NDArray[Any], missing: Bools | None = None) -> pa.Array:
    """Turn days since 1970-01-01 into an Arrow date column, null where missing."""
    return pa.array(days.astype(np.int32), mask=missing).cast(pa.date32())


def as_money(cents: NDArray[Any], missing: Bools | None = None) -> pa.Array:
    """Turn whole cents into decimal(18, 2) exactly: cast to a wide decimal, then divide by 100 in decimals."""
    wide = pa.array(cents.astype(np.int64), mask=missing).cast(pa.decimal128(19, 0))
    return pc.multiply(wide, pa.scalar("0.01").cast(pa.decimal128(2, 2))).cast(pa.decimal128(18, 2))


def number(prefix: str, numbers: NDArray[Any], width: int, missing: Bools | None = None) -> pa.Array:
    """Return ids such as C0000012: a prefix and a number of fixed width, null where missing."""
    digits = pc.utf8_lpad(pa.array(numbers.astype(np.int64), mask=missing).cast(pa.string()), width, "0")
    return pc.binary_join_element_wise(pa.scalar(prefix), digits, pa.scalar(""))


def name_customers(customer: NDArray[Any]) -> pa.Array:
    """Return customer_id by the customer's number in the bank, which starts at 1."""
    return number("C", customer, 7)


def name_branches(branch: NDArray[Any], missing: Bools | None = None) -> pa.Array:
    """Return branch_id by the branch's number, from 0."""
    return number("B", branch + 1, 3, missing)


def name_managers(manager: NDArray[Any], missing: Bools | None = None) -> pa.Array:
    """Return manager_id by the manager's number, from 0."""
    return number("M", manager + 1, 5, missing)
