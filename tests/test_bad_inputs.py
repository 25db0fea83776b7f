"""Bad inputs through the command line: one sentence, exit code 1, and the CRM goes on reading what it read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from demo.bank import write_bank
from pipelines.cli import main
from pipelines.warehouse import open_warehouse
from pipelines.warehouse.migrations import migrate_warehouse

AS_OF = "2026-11-01"
STEPS = ("extract", "validate", "facts", "features", "score", "rules", "publish")
PUBLISHED = (
    "insert into ops.runs (run_id, as_of, attempt, state) values ('2026-10-01.1', date '2026-10-01', 1, 'published')",
    "insert into ops.publications (place, run_id, as_of, action) "
    "values (1, '2026-10-01.1', date '2026-10-01', 'publish')",
    "insert into crm.scores_v1 (run_id, customer_id, as_of, model_name, status, score) "
    "values ('2026-10-01.1', 'C1', date '2026-10-01', 'prospect_growth', 'scored', 0.5)",
)


@pytest.fixture(scope="module")
def good_bank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("good")
    write_bank(folder, customers=60, months=8, seed=3)
    return folder


@pytest.fixture(params=["duckdb", "postgresql"])
def bank(
    request: pytest.FixtureRequest,
    good_bank: Path,
    tmp_path: Path,
    new_warehouse_url: Callable[[str], str],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Path]:
    """A folder with a good bank's files, and a warehouse whose CRM already reads a run."""
    folder = tmp_path / "bank"
    folder.mkdir()
    for path in good_bank.glob("*.parquet"):
        (folder / path.name).write_bytes(path.read_bytes())
    url = new_warehouse_url(request.param)
    for name, value in {
        "KCRM_VAR": str(tmp_path),
        "KCRM_SOURCE": "demo_bank",
        "KCRM_SOURCE_URL": f"files://{folder}",
        "KCRM_WAREHOUSE_URL": url,
        "KCRM_MLFLOW_URI": f"sqlite:///{tmp_path}/mlflow.db",
    }.items():
        monkeypatch.setenv(name, value)
    with open_warehouse(url) as warehouse:
        migrate_warehouse(warehouse)
        for statement in PUBLISHED:
            warehouse.run(statement)
    before = read_crm(url)
    yield folder
    assert read_crm(url) == before, "what the CRM reads may not change"


def read_crm(url: str) -> list[list[dict[str, Any]]]:
    with open_warehouse(url) as warehouse:
        return [
            warehouse.select("select * from " + table + " order by 1, 2").to_pylist()
            for table in ("crm.scores", "ops.publications")
        ]


def rewrite(folder: Path, table: str, select: str) -> None:
    """Put the rows of a select over the old file in its place."""
    path, new = folder / f"{table}.parquet", folder / "new.parquet"
    with duckdb.connect() as connection:
        connection.execute("create view t as select * from read_parquet('" + str(path) + "')")
        connection.execute("copy (" + select + ") to '" + str(new) + "' (format parquet)")
    new.replace(path)


def lose_column(folder: Path) -> None:
    rewrite(folder, "transactions", "select * exclude (amount) from t")


def mistake_type(folder: Path) -> None:
    rewrite(folder, "transactions", "select * replace ('much' as amount) from t")


def empty(folder: Path) -> None:
    rewrite(folder, "transactions", "select * from t limit 0")


def repeat_key(folder: Path) -> None:
    other = "select * replace (amount + 1 as amount) from (select * from t limit 1)"
    rewrite(folder, "transactions", "select * from t union all " + other)


def date_ahead(folder: Path) -> None:
    rewrite(folder, "transactions", "select * replace (cast(known_on + 40 as date) as booked_on) from t")


@pytest.mark.parametrize(
    ("spoil", "step", "words"),
    [
        (lose_column, "extract", "amount"),
        (mistake_type, "extract", "amount"),
        (empty, "extract", "gives no rows"),
        (repeat_key, "extract", "duplicate key in rows for landing.transactions: 1 keys"),
        (date_ahead, "validate", "has_few_bad_rows"),
    ],
)
def test_a_bad_input_stops_the_run_at_its_step(
    bank: Path, spoil: Callable[[Path], None], step: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    spoil(bank)
    for name in STEPS[: STEPS.index(step)]:
        assert main([name, "--as-of", AS_OF]) == 0
    capsys.readouterr()
    assert main([step, "--as-of", AS_OF]) == 1
    said = " ".join(capsys.readouterr().err.split())
    assert words in said
    assert "Traceback" not in said
    for later in STEPS[STEPS.index(step) + 1 :]:
        assert main([later, "--as-of", AS_OF]) == 1, f"{later} may not go on after {step} has failed"


def test_an_unknown_source_is_refused(
    bank: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KCRM_SOURCE", "demo_bnak")
    assert main(["extract", "--as-of", AS_OF]) == 1
    assert "no source 'demo_bnak'" in " ".join(capsys.readouterr().err.split())


def test_a_warehouse_out_of_reach_is_said_without_its_password(
    bank: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with monkeypatch.context() as patch:
        patch.setenv("KCRM_WAREHOUSE_URL", "postgresql://kcrm:hush@127.0.0.1:1/kcrm")
        for step in STEPS:
            assert main([step, "--as-of", AS_OF]) == 1
    said = " ".join(capsys.readouterr().err.split())
    assert "no warehouse answers at postgresql://kcrm:***@127.0.0.1:1/kcrm" in said
    assert "hush" not in said


def test_rows_that_come_between_facts_and_publish_hold_it_up(bank: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Such a row would count as known before the run, and be in none of its facts."""
    late = "select * from t where customer_id <> (select min(customer_id) from t)"
    whole = (bank / "transactions.parquet").read_bytes()
    rewrite(bank, "transactions", late)
    for step in ("extract", "validate", "facts"):
        assert main([step, "--as-of", AS_OF]) == 0
    (bank / "transactions.parquet").write_bytes(whole)
    assert main(["extract", "--as-of", AS_OF]) == 0
    capsys.readouterr()
    assert main(["publish", "--as-of", AS_OF]) == 1
    assert "rows came after it. Run `kcrm facts" in " ".join(capsys.readouterr().err.split())
    assert main(["facts", "--as-of", AS_OF]) == 1, "what came is not validated yet"
    for step in ("validate", "facts"):
        assert main([step, "--as-of", AS_OF]) == 0
    capsys.readouterr()
    assert main(["publish", "--as-of", AS_OF]) == 1
    assert "Run `kcrm features" in " ".join(capsys.readouterr().err.split()), "scores would be of features of before"


def test_nothing_goes_on_from_months_that_are_not_there(bank: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A label made of months not yet loaded would be wrong for ever."""
    for step in ("extract", "validate", "facts"):
        assert main([step, "--as-of", AS_OF]) == 0
    for step in ("validate", "facts", "features", "examples"):
        assert main([step, "--as-of", "2027-06-01", "--future"]) == 1
    assert "has not come to 2027-06-01 yet" in " ".join(capsys.readouterr().err.split())
