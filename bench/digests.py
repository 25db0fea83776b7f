"""A few numbers of a piece of work, by which two sides of a comparison show that they did the same."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date
from typing import Any

from bench.errors import BenchError
from bench.queries import ask
from pipelines.warehouse import Warehouse


def digest_validation(warehouse: Warehouse, as_of: date) -> dict[str, float]:
    """Return how many rows of each table break each promise, as validate wrote down; `bad` is any critical one."""
    named = {"has_few_bad_rows": "bad"}
    return {
        f"{row['table_name']}__{named.get(row['promise'], row['promise'])}": row["rows_broken"]
        for row in ask(warehouse, "validations_as_of", as_of=as_of).to_pylist()
    }


def refuse_other_work(step: str, ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> None:
    """Refuse a comparison whose sides differ in any number that both tell, or that tell nothing in common."""
    common = sorted(set(ours) & set(theirs))
    wrong = [name for name in common if not math.isclose(ours[name], theirs[name], rel_tol=1e-6, abs_tol=1e-6)]
    if wrong or not common:
        told = ", ".join(f"{name} {ours[name]} and {theirs[name]}" for name in wrong[:5]) or "nothing in common"
        raise BenchError(
            f"the rival of {step} did other work than we, so their times say nothing: ours and the rival's are {told}. "
            "Mend bench/ or the step; tests/bench compares them in full."
        )
