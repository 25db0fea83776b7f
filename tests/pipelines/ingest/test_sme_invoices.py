"""The real invoices, where at hand: every row is landed or counted, and an unknown status stops the extract."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from pipelines.errors import SourceError
from pipelines.ingest.extract import extract_source
from pipelines.paths import DATA_ROOT
from pipelines.settings import Settings
from pipelines.warehouse import open_warehouse
from tests.golden import GOLDEN_ROOT

REAL_DATA = Path(os.environ.get("KCRM_REAL_DATA", DATA_ROOT.parent / "shared" / "data")) / "sme_invoices"
AFTER_ALL = date(2020, 3, 1)
LANDED = {"sale-customer": 158_048, "sale-outside": 329_090, "purchase-customer": 210_144, "purchase-outside": 390_494}
KINDS = {
    ("payment", False): 570_566,
    ("payment", True): 24_579,
    ("payment_return", False): 5_396,
    ("payment_return", True): 97,
    ("receipt", False): 435_068,
    ("receipt", True): 37_932,
    ("receipt_return", False): 13_891,
    ("receipt_return", True): 247,
}


@pytest.mark.real_data
@pytest.mark.skipif(
    not REAL_DATA.is_dir(), reason=f"no real invoices at {REAL_DATA}; KCRM_REAL_DATA names another place"
)
def test_every_real_invoice_is_landed_or_counted(new_warehouse_url: Callable[[str], str], settings: Settings) -> None:
    settings = settings.model_copy(update={"source": "sme_invoices", "source_url": f"files://{REAL_DATA}"})
    with open_warehouse(new_warehouse_url("duckdb")) as warehouse:
        assert extract_source(warehouse, AFTER_ALL, settings) == 425 + sum(LANDED.values())
        sides = warehouse.select(
            "select split_part(t.transaction_id, '-', 1) || '-' || c.relation as side, count(*) as n "
            "from landing.transactions as t inner join landing.customers as c using (customer_id) group by 1"
        ).to_pylist()
        kinds = warehouse.select(
            "select kind, is_void, count(*) as n from landing.transactions group by 1, 2"
        ).to_pylist()
        counted = warehouse.select("select subject, row_count from ops.source_counts").to_pylist()
        assert extract_source(warehouse, AFTER_ALL, settings) == 0
    assert {row["side"]: row["n"] for row in sides} == LANDED
    assert {(row["kind"], row["is_void"]): row["n"] for row in kinds} == KINDS
    counts = {row["subject"]: row["row_count"] for row in counted}
    assert [counts[f"{file}.duplicate"] for file in ("a1_output", "a2_output", "a1_input", "a2_input")] == [
        4_436,
        1_745,
        803,
        4_681,
    ]
    assert sum(counts[subject] for subject in counts if subject.endswith(".rows")) == 1_099_441
    assert sum(counts[subject] for subject in counts if subject.endswith(".tax_mismatch")) == 5


def test_an_unknown_status_stops_the_extract(
    new_warehouse_url: Callable[[str], str], settings: Settings, tmp_path: Path
) -> None:
    shutil.copytree(GOLDEN_ROOT / "sources" / "sme_invoices" / "files", tmp_path / "source")
    sales = tmp_path / "source" / "a1_output_invoices.csv"
    sales.write_text(sales.read_text(encoding="utf-8").replace("作废发票", "红冲发票"), encoding="utf-8")
    settings = settings.model_copy(update={"source": "sme_invoices"})
    with open_warehouse(new_warehouse_url("duckdb")) as warehouse:
        with pytest.raises(
            SourceError, match=r"gives 2 of \d+ rows without is_void; expected none: correct the SELECT"
        ):
            extract_source(warehouse, date(2019, 3, 1), settings)
        landed = warehouse.select("select count(*) as n from landing.transactions").to_pylist()
    assert landed == [{"n": 0}]
