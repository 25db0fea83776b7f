"""Banks at their beginning, on both engines: no champion, a month of history, one branch, one giant customer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest

from demo.bank import write_bank
from pipelines import steps
from pipelines.settings import as_of_of_month
from pipelines.warehouse import open_warehouse

AS_OF = as_of_of_month("2026-10")
STEPS = ("extract", "validate", "facts", "features", "score", "rules", "publish")
Spoil = Callable[[Path], None]


@pytest.fixture(scope="module")
def bank_of_a_month(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("month")
    write_bank(folder, customers=60, months=1, seed=5)
    return folder


@pytest.fixture(params=["duckdb", "postgresql"])
def publish_bank(
    request: pytest.FixtureRequest,
    bank_of_a_month: Path,
    tmp_path: Path,
    new_warehouse_url: Callable[[str], str],
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[[Spoil], tuple[dict[str, Any], Callable[[str], list[dict[str, Any]]]]]:
    """Call it with a change of the bank's files to run every step; get what score returns, and a reader of views."""
    folder, url = tmp_path / "bank", new_warehouse_url(request.param)
    for name, value in {
        "KCRM_VAR": str(tmp_path),
        "KCRM_SOURCE": "demo_bank",
        "KCRM_SOURCE_URL": f"files://{folder}",
        "KCRM_WAREHOUSE_URL": url,
        "KCRM_MLFLOW_URI": f"sqlite:///{tmp_path}/mlflow.db",
    }.items():
        monkeypatch.setenv(name, value)

    def read(view: str) -> list[dict[str, Any]]:
        with open_warehouse(url) as warehouse:
            rows: list[dict[str, Any]] = warehouse.select("select * from crm." + view).to_pylist()
        return rows

    def publish(change: Spoil) -> tuple[dict[str, Any], Callable[[str], list[dict[str, Any]]]]:
        folder.mkdir()
        for path in bank_of_a_month.glob("*.parquet"):
            (folder / path.name).write_bytes(path.read_bytes())
        change(folder)
        told = {name: steps.STEPS[name](AS_OF) for name in STEPS}
        return told["score"], read

    return publish


def rewrite(folder: Path, table: str, statement: str) -> None:
    """Replace a file by what a SELECT from `t` gives."""
    path = folder / f"{table}.parquet"
    with duckdb.connect() as engine:
        engine.execute(f"create view t as select * from read_parquet('{path}')")
        rows = engine.execute(statement).to_arrow_table()
        engine.register("new_rows", rows)
        engine.execute(f"copy new_rows to '{path}' (format parquet)")


def leave(folder: Path) -> None:
    """Leave the bank as it is."""


def give_one_branch_and_a_giant(folder: Path) -> None:
    """Leave one branch, and let the customer with the most transactions turn over a million times as much."""
    rewrite(folder, "branches", "select * from t order by branch_id limit 1")
    for path in sorted(folder.glob("*.parquet")):
        if "branch_id" in pq.read_schema(path).names:
            rewrite(folder, path.stem, "select * replace ('B000' as branch_id) from t")
    giant = "(select customer_id from t group by customer_id order by count(*) desc, customer_id limit 1)"
    larger = f"cast(case when customer_id = {giant} then 1000000 else 1 end * amount as decimal(18, 2)) as amount"
    rewrite(folder, "transactions", f"select * replace ({larger}) from t")


@pytest.mark.parametrize("change", [leave, give_one_branch_and_a_giant])
def test_a_bank_with_a_month_of_history_and_no_champion_is_published(
    publish_bank: Callable[[Spoil], Any], change: Spoil
) -> None:
    scored, read = publish_bank(change)
    assert scored["no_champion"] == "prospect_growth, key_account_distress"
    cards = read("customer_cards")
    assert len(cards) > 50
    assert {card["growth_score"] for card in cards} == {card["distress_score"] for card in cards} == {None}
    told = {(card["growth_status"], card["growth_cause"]) for card in cards}
    assert ("withheld", "no_champion") in told
    assert {cause for status, cause in told if status == "withheld"} == {"no_champion"}
    for view in ("tiers", "product_positions", "lifecycle", "relationship_classes", "care_lists"):
        assert read(view), view
    assert read("reasons") == []
    key_accounts = [row for row in read("key_accounts") if row["account_class"] == "existing"]
    assert (len(key_accounts) == 1) == (change is give_one_branch_and_a_giant)
