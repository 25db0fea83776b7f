"""Segments of a run: centres learnt on a drawn sample of its eligible customers, then each one's nearest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pipelines.warehouse import Warehouse

if TYPE_CHECKING:
    from models.group.segmentation import Segmentation


def fill_segment_centres(warehouse: Warehouse, table: str, offered: Mapping[str, Any]) -> int:
    """Find the run's segments and put their centres and names; none where too few customers are eligible."""
    from models.group.segmentation import Plan
    from models.group.segments import find_segments

    run_id = offered["run_id"]
    drawn = warehouse.read(
        "rules/computed/segment_sample_of_run", run_id=run_id, fit_customers=offered["fit_customers"]
    )
    if drawn.num_rows < offered["least_customers"]:
        return warehouse.replace(table, [], {"run_id": run_id})
    plan = Plan(**{name: offered[name] for name in Plan.__dataclass_fields__})
    found = find_segments(_read_values(drawn), plan, read_segmentation(warehouse, offered["previous_run_id"]))
    return warehouse.replace(table, _tell_centres(found, offered), {"run_id": run_id})


def fill_segments(warehouse: Warehouse, table: str, offered: Mapping[str, Any]) -> int:
    """Put every customer of the run into the segment whose centre is nearest, or into none with a cause."""
    from models.group.segments import assign_segments

    run_id = offered["run_id"]
    measured = warehouse.read("rules/computed/segment_measures_of_run", run_id=run_id)
    found, names = read_segmentation(warehouse, run_id), _read_names(warehouse, run_id)
    is_eligible = measured["cause"].is_null().to_numpy(zero_copy_only=False)
    label = np.zeros(measured.num_rows, dtype=np.int64)
    if found is not None:
        label[is_eligible] = assign_segments(_read_values(measured)[is_eligible], found)
    cause = measured["cause"].fill_null("too_few_customers" if found is None else "measures_missing")
    is_placed = label > 0
    rows = {
        "run_id": _repeat(run_id, len(label)),
        "customer_id": measured["customer_id"],
        "as_of": _repeat(offered["as_of"], len(label)),
        "segment": pa.array(label, pa.int32(), mask=~is_placed),
        "name_en": _take_names([names[one][0] for one in sorted(names)], sorted(names), label),
        "name_zh": _take_names([names[one][1] for one in sorted(names)], sorted(names), label),
        "cause": pa.array(np.where(is_placed, None, cause.to_numpy(zero_copy_only=False)), pa.string()),
        "rule_version": _repeat(offered["rule_version"], len(label)),
    }
    return warehouse.replace(table, pa.table(rows), {"run_id": run_id})


def read_segmentation(warehouse: Warehouse, run_id: str | None) -> Segmentation | None:
    """Return what a run found, if it found segments."""
    from models.group.segmentation import MEASURES, Scale, Segmentation

    rows = warehouse.read("rules/computed/segment_centres_of_run", run_id=run_id).to_pylist()
    cells = {(row["segment"], row["measure"]): row for row in rows}
    labels = sorted({segment for segment, _ in cells})
    told = {measure for _, measure in cells}
    measures = tuple(measure for measure in MEASURES if measure.name in told)
    if not measures:
        return None
    bounds = [
        np.array([cells[labels[0], measure.name][name] for measure in measures])
        for name in ("lowest", "highest", "middle", "spread")
    ]
    centres = np.array([[cells[label, measure.name]["distance"] for measure in measures] for label in labels])
    return Segmentation(measures, Scale(*bounds), np.array(labels), centres, rows[0]["silhouette"])


def _tell_centres(found: Segmentation, offered: Mapping[str, Any]) -> pa.Table:
    from models.group.segment_names import name_segments

    names, values, scale = name_segments(found), found.values, found.scale
    rows = [
        {
            "run_id": offered["run_id"],
            "segment": int(label),
            "measure": measure.name,
            "as_of": offered["as_of"],
            "name_en": names[place][0],
            "name_zh": names[place][1],
            "value": values[place, column],
            "distance": found.centres[place, column],
            "lowest": scale.lowest[column],
            "highest": scale.highest[column],
            "middle": scale.middle[column],
            "spread": scale.spread[column],
            "silhouette": found.silhouette,
            "rule_version": offered["rule_version"],
        }
        for place, label in enumerate(found.labels)
        for column, measure in enumerate(found.measures)
    ]
    return pa.Table.from_pylist(rows)


def _read_values(measured: pa.Table) -> NDArray[np.float64]:
    """Return rows x MEASURES, unknown as NaN."""
    from models.group.segmentation import MEASURES

    columns = [measured[measure.name].to_numpy(zero_copy_only=False) for measure in MEASURES]
    return np.column_stack(columns).astype(np.float64)


def _read_names(warehouse: Warehouse, run_id: str) -> dict[int, tuple[str, str]]:
    rows = warehouse.read("rules/computed/segment_centres_of_run", run_id=run_id).to_pylist()
    return {row["segment"]: (row["name_en"], row["name_zh"]) for row in rows}


def _take_names(names: list[str], labels: list[int], label: NDArray[np.int64]) -> pa.Array:
    place = np.searchsorted(labels, label) if labels else label
    return pa.array(names, pa.string()).take(pa.array(place, pa.int64(), mask=label == 0))


def _repeat(value: Any, count: int) -> pa.Array:
    return pa.repeat(pa.scalar(value), count)
