"""The table of steps is whole, and the command line offers what it declares."""

from __future__ import annotations

from datetime import date

import pytest

from pipelines import steps
from pipelines.cli import main
from pipelines.errors import WatermarkError


def test_every_upstream_comes_before_the_step_that_needs_it_and_leaves_a_watermark() -> None:
    names = list(steps.STEPS)
    for name, step in steps.STEPS.items():
        for upstream in (*step.reached, *step.current):
            assert names.index(upstream) < names.index(name)
            assert upstream == "extract" or steps.STEPS[upstream].has_watermark


@pytest.mark.parametrize("name", list(steps.STEPS))
def test_the_command_line_has_the_options_of_a_step(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main([name, "--help"])
    text = capsys.readouterr().out
    assert "--as-of" in text
    assert ("--rebuild" in text) == bool(steps.STEPS[name].rebuild)
    assert ("--model" in text) == (name == "train")


@pytest.mark.parametrize("name", ["validate", "facts", "features", "examples", "rules", "publish"])
def test_a_step_without_its_upstream_is_refused(name: str, warehouse_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KCRM_WAREHOUSE_URL", warehouse_url)
    with pytest.raises(WatermarkError, match="has not come to 2026-11-01 yet"):
        steps.STEPS[name](date(2026, 11, 1))
