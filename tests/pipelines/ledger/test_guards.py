"""No step works on a date that is not there yet, nor on the rows of another source."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from pipelines.cli import main
from pipelines.errors import SourceError, WatermarkError
from pipelines.ledger.guards import refuse_future, refuse_other_source
from pipelines.warehouse import Warehouse

TODAY = date(2026, 11, 28)


@pytest.mark.parametrize("as_of", [date(2026, 11, 1), date(2026, 12, 1), date(1999, 1, 1)])
def test_dates_up_to_the_first_of_next_month_pass(as_of: date) -> None:
    refuse_future(as_of, TODAY)


@pytest.mark.parametrize(
    ("as_of", "today", "latest"),
    [
        (date(2027, 1, 1), TODAY, "2026-12-01"),
        (date(2036, 11, 1), TODAY, "2026-12-01"),
        (date(2027, 2, 1), date(2026, 12, 31), "2027-01-01"),
    ],
)
def test_a_later_date_is_refused(as_of: date, today: date, latest: str) -> None:
    with pytest.raises(WatermarkError, match=f"as-of date {as_of} is in the future; expected {latest} or earlier"):
        refuse_future(as_of, today)


@pytest.mark.parametrize("step", ["extract", "facts", "score", "publish"])
def test_every_step_of_the_command_line_refuses_the_future_and_leaves_no_warehouse(
    step: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("KCRM_VAR", str(tmp_path / "var"))
    assert main([step, "--as-of", "2136-11-01"]) == 1
    assert "as-of date 2136-11-01 is in the future" in re.sub(r"\s+", " ", capsys.readouterr().err)
    assert not (tmp_path / "var").exists()
    assert main([step, "--as-of", "2136-11-01", "--future"]) == 1, "it goes on, and finds no upstream"
    assert "in the future" not in capsys.readouterr().err


def test_a_second_source_is_refused_by_name(warehouse: Warehouse) -> None:
    refuse_other_source(warehouse, "own")
    warehouse.run(
        "insert into ops.extracts (source, table_name, as_of, attempt, rows_read, rows_new, rows_seen_before, "
        "rows_duplicate, rows_backdated) values ('demo_bank', 'customers', date '2026-11-01', 1, 1, 1, 0, 0, 0)"
    )
    refuse_other_source(warehouse, "demo_bank")
    with pytest.raises(SourceError, match="holds rows of source demo_bank, and KCRM_SOURCE is own"):
        refuse_other_source(warehouse, "own")
