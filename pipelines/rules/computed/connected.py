"""Connected groups of a run: customers bound by ownership or by guarantees in force, as far as the links go."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pipelines.warehouse import Warehouse


def fill_connected_groups(warehouse: Warehouse, table: str, offered: Mapping[str, Any]) -> int:
    """Put every customer that is linked to another into its group; has_guarantee is null where none is told."""
    from models.group.connected import find_connected

    links = warehouse.read("rules/computed/connected_edges", as_of=offered["as_of"])
    one, other = _read_ids(links["one_id"]), _read_ids(links["other_id"])
    is_guarantee, is_one_known, is_other_known, has_guarantees = (
        links[name].to_numpy(zero_copy_only=False).astype(bool)
        for name in ("is_guarantee", "is_one_known", "is_other_known", "has_guarantees")
    )
    known = np.concatenate([one[is_one_known], other[is_other_known]])
    groups = find_connected(one, other, is_guarantee, known)
    size = groups.members.size
    rows = {
        "run_id": pa.repeat(offered["run_id"], size),
        "customer_id": pa.array(groups.members.tolist(), pa.string()),
        "as_of": pa.repeat(pa.scalar(offered["as_of"]), size),
        "connected_group_id": pa.array(groups.smallest.tolist(), pa.string()),
        "member_count": pa.array(groups.member_count, pa.int32()),
        "has_guarantee": pa.array(groups.is_marked, pa.bool_(), mask=np.full(size, not has_guarantees.any())),
        "rule_version": pa.repeat(offered["rule_version"], size),
    }
    return warehouse.replace(table, pa.table(rows), {"run_id": offered["run_id"]})


def _read_ids(column: pa.ChunkedArray) -> NDArray[np.str_]:
    return np.array(column.to_pylist(), dtype=np.str_)
