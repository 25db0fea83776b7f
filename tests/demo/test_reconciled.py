"""The CRM beside the core of a simulated bank: nothing differs but what was planted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from demo.bank import END, LEDGER, REGISTERS, write_bank
from demo.batch import TABLES
from pipelines.ingest.extract import extract_source
from pipelines.rules.families.data_quality import ReconciliationParameters
from pipelines.settings import Settings
from pipelines.warehouse import open_warehouse

Finding = tuple[str, str, str]
pytestmark = pytest.mark.xdist_group("reconciled")  # one worker fills the module's bank
WRITTEN = (*TABLES, *REGISTERS, LEDGER)
MEASURES = {"deposit_balance", "loan_balance", "product_count"}


@pytest.fixture(scope="module")
def banks(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The same bank, sound and with what differs."""
    folders = {}
    for kind in ("sound", "crm_differences"):
        folders[kind] = tmp_path_factory.mktemp(kind)
        defects = [kind] if kind != "sound" else []
        write_bank(folders[kind], customers=600, months=12, seed=5, tables=WRITTEN, defects=defects, defect_scale=5)
    return folders


@pytest.fixture
def reconcile(settings: Settings, new_warehouse_url: Callable[[str], str]) -> Callable[[Path], set[Finding]]:
    """Call it with a bank's folder to get what does not match."""

    def read(folder: Path) -> set[Finding]:
        url = new_warehouse_url("duckdb")
        with open_warehouse(url) as warehouse:
            extract_source(
                warehouse, END, settings.model_copy(update={"warehouse_url": url, "source_url": f"files://{folder}"})
            )
            binds = asdict(ReconciliationParameters())
            rows = warehouse.read(
                "rules/data_quality/reconciliation", as_of=END, run_id="r", rule_version="v", **binds
            ).to_pylist()
        assert {row["measure"] for row in rows} == MEASURES
        return {(row["customer_id"], row["measure"], row["status"]) for row in rows if row["status"] != "matched"}

    return read


def find_newest(folder: Path) -> dict[str, str]:
    """Return the day on which each customer's newest profile is known."""
    rows = pq.read_table(folder / "crm_profiles.parquet", columns=["customer_id", "known_on"]).to_pylist()
    return {row["customer_id"]: str(row["known_on"]) for row in sorted(rows, key=lambda row: row["known_on"])}


def expect(banks: dict[str, Path]) -> set[Finding]:
    """Return what the manifest makes one expect: a difference shows in a newest profile only."""
    newest, left = find_newest(banks["sound"]), find_newest(banks["crm_differences"])
    found: set[Finding] = set()
    for row in pq.read_table(banks["crm_differences"] / "truth" / "defects.parquet").to_pylist():
        customer_id, known_on = row["row_key"].split("|")
        if row["note"] in MEASURES and known_on == newest[customer_id]:
            found.add((customer_id, row["note"], "differs"))
        if row["note"] == "missing" and customer_id not in left:
            found |= {(customer_id, measure, "missing_in_crm") for measure in MEASURES}
    return found


def test_without_defects_nobody_differs(banks: dict[str, Path], reconcile: Callable[[Path], set[Finding]]) -> None:
    """Some who came lately have no profile yet, as the newer snapshot leaves a few out; that is a fact as well."""
    found = reconcile(banks["sound"])
    assert {status for _, _, status in found} <= {"missing_in_crm"}
    assert not {customer_id for customer_id, _, _ in found} & set(find_newest(banks["sound"]))


def test_exactly_what_was_planted_differs(banks: dict[str, Path], reconcile: Callable[[Path], set[Finding]]) -> None:
    expected = expect(banks)
    assert reconcile(banks["crm_differences"]) - reconcile(banks["sound"]) == expected
    assert {measure for _, measure, status in expected if status == "differs"} == {"deposit_balance", "product_count"}
