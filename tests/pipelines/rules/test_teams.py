"""What is said of managers stays facts: no column judges a person, and nothing decides by what a manager achieves."""

from __future__ import annotations

import re
from pathlib import Path

from pipelines.paths import SQL_ROOT
from pipelines.warehouse import Warehouse

JUDGES = re.compile(r"score|rank|place|percentile|band|action|propos|recommend|reward|bonus|demot|dismiss|promot")
OF_PERSONS = ("manager_skills", "manager_outcomes", "team_skills")


def test_no_column_judges_a_person_or_says_what_to_do_with_one(warehouse: Warehouse) -> None:
    for table in OF_PERSONS:
        names = warehouse.columns(f"crm.{table}_v1")
        assert names
        assert not [name for name in names if JUDGES.search(name)]
    assert JUDGES.search("next_action_en")


def test_nothing_decides_by_what_a_manager_achieves() -> None:
    declared = {"pipelines/rules/families/managers.py"}
    root = SQL_ROOT.parent
    files: list[Path] = [path for room in ("dags", "models", "pipelines") for path in (root / room).rglob("*.py")]
    files += [path for path in SQL_ROOT.rglob("*.sql") if path.parent.name != "migrations"]
    naming = {path.relative_to(root).as_posix() for path in files if "manager_outcomes" in path.read_text("utf-8")}
    assert naming == declared
