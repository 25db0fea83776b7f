"""The commands of early warning: a person decides and asks, and what does not fit is one sentence and exit code 1."""

from __future__ import annotations

import pytest

from pipelines.cli import main
from pipelines.warehouse import open_warehouse
from tests.pipelines.class_runs import (
    CLEAN,
    LATE,
    LOST,
    NOVEMBER,
    OCTOBER,
    publish,
    read_class,
    read_view,
)

BANK = {"good": CLEAN, "late": LATE, "lost": LOST}
SAID = ("--on", "2026-10-05", "--by", "B. Banker", "--reason", "seen with the owners")


@pytest.fixture
def url(warehouse_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The URL of a warehouse with a run in force as of October, which the commands find in the environment."""
    with open_warehouse(warehouse_url) as warehouse:
        publish(warehouse, OCTOBER, BANK)
    monkeypatch.setenv("KCRM_WAREHOUSE_URL", warehouse_url)
    return warehouse_url


def test_what_persons_decide_by_command_counts_in_the_next_run(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["approve", "lost", *SAID]) == 0
    assert main(["override", "good", "--class", "watch", "--until", "2026-12-01", *SAID]) == 0
    assert main(["answer", "late|entered|2026-10-01", *SAID]) == 0
    said = capsys.readouterr().out.splitlines()
    counts = "written; it counts in the runs as of a day after 2026-10-05"
    assert said == [f"{name}: {counts}" for name in ("approve", "override", "answer")]
    with open_warehouse(url) as warehouse:
        publish(warehouse, NOVEMBER, BANK)
        assert read_class(warehouse, "lost")["relationship_class"] == "exit"
        assert read_class(warehouse, "good")["relationship_class"] == "watch"
        assert read_view(warehouse, "alerts", "late")[0]["state"] == "answered"
    assert main(["lift-exit", "lost", "--on", "2026-11-02", "--by", "H. Head", "--reason", "a buyer"]) == 0
    with open_warehouse(url) as warehouse:
        kinds = warehouse.select("select kind from ops.class_decisions order by place")["kind"].to_pylist()
    assert kinds == ["approve_exit", "override", "answer", "lift_exit"]


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (["approve", "late", *SAID], "no exit of late is proposed"),
        (["lift-exit", "good", *SAID], "there is none to lift"),
        (["override", "late", "--class", "normal", "--until", "2026-12-01", *SAID], "under its floor watch"),
        (["answer", "nothing", *SAID], "no alert 'nothing'"),
        (["approve", "lost", *SAID[:4], "--reason", " "], "reason of a decision has 0 characters"),
        (["explain", "nobody", "--as-of", "2026-10-01"], "no run that stands up to 2026-10-01 has a class"),
    ],
)
def test_a_refusal_is_one_sentence(
    url: str, command: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(command) == 1
    said = " ".join(capsys.readouterr().err.split())
    assert said.startswith("kcrm: ")
    assert words in said
    assert "Traceback" not in said


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (["approve", "lost", "--by", "B", "--reason", "x"], "--on"),
        (["approve", "lost", "--on", "5 October", "--by", "B", "--reason", "x"], "is no day; expected YYYY-MM-DD"),
        (["override", "late", "--class", "exit", "--until", "2026-12-01", *SAID], "invalid choice: 'exit'"),
        (["explain", "late"], "--as-of"),
        (["lead-time", "--as-of", "2026-10-15"], "2026-10-15 is not the first of a month; expected 2026-10-01"),
        (["lead-time", "--as-of", "2026-10-01", "--to", "x.html"], "'x.html' is no name of a JSON file"),
    ],
)
def test_what_is_no_command_is_told_how_to_be_one(
    command: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        main(command)
    assert left.value.code == 2
    assert words in capsys.readouterr().err


def test_explain_answers_in_both_languages(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "late", "--as-of", "2026-10-15"]) == 0
    assert capsys.readouterr().out.startswith("2026-10-01  first judged, watch: payments are late\n")
    assert main(["explain", "late", "--as-of", "2026-10-15", "--language", "zh"]) == 0
    assert capsys.readouterr().out.startswith("2026-10-01  首次分类，关注：存在逾期\n")
