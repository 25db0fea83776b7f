"""A few customers of a simulated bank are each given a reason to be watched: these change class, and nobody else."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import pytest

from demo.bank import write_bank
from pipelines.warehouse import open_warehouse
from tests.test_planted_cases import AS_OF, SEPTEMBER, Frames, judge

Classes = Mapping[str, tuple[str, str]]
CLASSES = "select customer_id, machine_class, evidence from crm.relationship_classes_v1"
NORMAL = (
    "select r.customer_id, g.connected_group_id, p.loan_balance from crm.relationship_classes_v1 as r "
    "left join crm.connected_groups_v1 as g on r.customer_id = g.customer_id "
    "left join features.customer_positions as p on r.customer_id = p.customer_id and p.as_of = r.as_of "
    "where r.machine_class = 'normal' order by r.customer_id"
)
PAIRS = (
    "select g.connected_group_id from crm.connected_groups_v1 as g "
    "inner join crm.relationship_classes_v1 as r on g.customer_id = r.customer_id "
    "group by g.connected_group_id having count(*) = 2 and max(r.machine_class) = 'normal' "
    "and min(r.machine_class) = 'normal' order by g.connected_group_id"
)
pytestmark = pytest.mark.xdist_group("planted_cases")


def read_classes(home: Path) -> Classes:
    with open_warehouse(f"duckdb:///{home}/kcrm.duckdb") as warehouse:
        return {row["customer_id"]: tuple(row.values())[1:] for row in warehouse.select(CLASSES).to_pylist()}


def choose(home: Path) -> tuple[str, str, list[str]]:
    """Return a normal borrower and another normal customer, both of no group, and the two normal members of a group."""
    with open_warehouse(f"duckdb:///{home}/kcrm.duckdb") as warehouse:
        normal = warehouse.select(NORMAL).to_pandas()
        pair = warehouse.select(PAIRS)["connected_group_id"][0].as_py()
    alone = normal[normal["connected_group_id"].isna()]
    borrower = alone.loc[alone["loan_balance"] > 0, "customer_id"].iloc[0]
    other = alone.loc[alone["customer_id"] != borrower, "customer_id"].iloc[0]
    return borrower, other, normal.loc[normal["connected_group_id"] == pair, "customer_id"].tolist()


def list_entry(customer_id: str) -> dict[str, object]:
    day = pd.Timestamp(2026, 10, 31).date()
    entry = {"entry_id": f"X-{customer_id}", "customer_id": customer_id, "listed_on": day}
    return entry | {"list_source": "court", "known_on": day}


def plant(frames: Frames, late: str, listed: list[str]) -> None:
    """Let one be twenty days late with its last instalments, and others come onto the blacklist on the last day."""
    months = frames["loan_months"]
    rows = months.index[(months["customer_id"] == late) & (months["month"] >= SEPTEMBER)]
    months.loc[rows, "days_past_due"] = 20
    months.loc[rows, "overdue_amount"] = months.loc[rows, "outstanding_amount"]
    entries = pd.DataFrame([list_entry(one) for one in listed])
    frames["blacklist"] = pd.concat([frames["blacklist"], entries], ignore_index=True)


def test_exactly_the_planted_change_class(tmp_path: Path) -> None:
    write_bank(tmp_path / "clean", customers=600, months=26, seed=12)
    with pytest.MonkeyPatch.context() as patch:
        judge(tmp_path / "clean", tmp_path / "before", patch)
        late, listed, pair = choose(tmp_path / "before")
        shutil.copytree(tmp_path / "clean", tmp_path / "planted")
        frames = {path.stem: pd.read_parquet(path) for path in sorted((tmp_path / "planted").glob("*.parquet"))}
        plant(frames, late, [listed, pair[0]])
        for name, frame in frames.items():
            frame.to_parquet(tmp_path / "planted" / f"{name}.parquet", index=False)
        judge(tmp_path / "planted", tmp_path / "after", patch)
    before, after = read_classes(tmp_path / "before"), read_classes(tmp_path / "after")
    assert {one: after[one] for one in after if after[one] != before[one]} == {
        late: ("watch", "overdue"),
        listed: ("doubtful", "blacklisted"),
        pair[0]: ("doubtful", "blacklisted"),
        pair[1]: ("watch", "group_member_worse"),
    }
    assert after.keys() == before.keys()
    assert {one for one, _ in before.values()} > {"normal", "watch"}, f"nothing to tell apart as of {AS_OF}"
