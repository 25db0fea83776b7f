"""`python -m demo`: defects are those asked for, none otherwise; an unknown kind is refused with the known ones."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from demo.__main__ import main
from demo.defects import KINDS


@pytest.mark.parametrize(
    ("asked", "planted"),
    [([], None), (["--defects", "orphans", "half_day"], {"orphans", "half_day"}), (["--defects"], set(KINDS))],
)
def test_defects_are_those_asked_for(tmp_path: Path, asked: list[str], planted: set[str] | None) -> None:
    assert main(["--customers", "200", "--months", "3", "--to", str(tmp_path), *asked]) == 0
    manifest = tmp_path / "truth" / "defects.parquet"
    assert (set(pq.read_table(manifest)["kind"].to_pylist()) if manifest.exists() else None) == planted


def test_an_unknown_kind_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["--to", str(tmp_path / "bank"), "--defects", "orphan"])
    assert "--defects has no kinds ['orphan']; expected some of ['half_day'" in " ".join(
        capsys.readouterr().err.split()
    )
    assert not (tmp_path / "bank").exists()


@pytest.mark.parametrize(("name", "value"), [("customers", "0"), ("months", "241"), ("seed", "-1")])
def test_a_number_out_of_range_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, value: str
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["--to", str(tmp_path / "bank"), f"--{name}", value])
    assert f"--{name} is {value}; expected" in " ".join(capsys.readouterr().err.split())
