"""Promises: what a landing table must keep, as the suites in expectations/landing say it, read strictly.

A suite is a Great Expectations suite in JSON. Each expectation is one promise; its `meta` says which (`promise`), what
happens when it breaks (`action`) and `why`. Great Expectations drops in silence what it does not understand, so nothing
here is lenient.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipelines.errors import SettingsError
from pipelines.paths import SUITES_ROOT

ROW_RULE = "expect_few_broken_rows"
QUARANTINED = {"$PARAMETER": "quarantined_promises"}

# What happens when a promise of that severity breaks: rows are set aside, the run stops, or it is only said.
_ACTIONS = {"critical": ("quarantine", "stop"), "warning": ("warn",), "info": ("warn",)}
# Great Expectations learns the columns of a query by running all of it, so only these may be asked of every row.
_ASKED_OF_ROWS = (ROW_RULE, "expect_table_row_count_to_be_between")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
_WHY_LENGTH = 300


@dataclass(frozen=True)
class Promise:
    """One promise of one landing table.

    `about` is the query under sql/checks/ that it is asked of, `remedy` what to do when it stops the run.
    """

    table: str
    name: str
    severity: str
    action: str
    why: str
    about: str
    remedy: str
    expectation: Mapping[str, Any] = field(hash=False)

    @property
    def kwargs(self) -> Mapping[str, Any]:
        """What the expectation is asked with, as the suite writes it."""
        kwargs: Mapping[str, Any] = self.expectation["kwargs"]
        return kwargs

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names that the run must fill in before this promise can be asked."""
        return tuple(value["$PARAMETER"] for value in self.kwargs.values() if isinstance(value, dict))

    @property
    def counts_bad_rows(self) -> bool:
        """Whether this is the promise that bounds the share of quarantined rows."""
        return self.kwargs.get("promises") == QUARANTINED


@dataclass(frozen=True)
class Suite:
    """All promises of one landing table; a table that is not required may be empty."""

    table: str
    is_required: bool
    promises: tuple[Promise, ...]

    @property
    def quarantined(self) -> tuple[str, ...]:
        """The promises whose broken rows are set aside."""
        return tuple(one.name for one in self.promises if one.action == "quarantine")


def load_suites(root: Path = SUITES_ROOT) -> tuple[Suite, ...]:
    """Read every suite of a folder, by table name; a folder without suites is refused, as it would promise nothing."""
    paths = sorted(root.glob("*.json"))
    if not paths:
        raise SettingsError(f"no suite in {root}; expected one JSON file a landing table.")
    return tuple(load_suite(path) for path in paths)


def load_suite(path: Path) -> Suite:
    """Read one suite; anything unknown, missing or said twice is an error that names the file and the promise."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except json.JSONDecodeError as broken:
        raise SettingsError(f"{path} is not JSON: {broken}. Mend that line.") from broken
    _refuse_other_keys(document, {"name", "meta", "expectations"}, set(), f"{path}")
    _refuse_other_keys(document["meta"], {"is_required"}, set(), f"meta of {path}")
    if document["name"] != f"landing.{path.stem}":
        raise SettingsError(
            f"{path} names its suite {document['name']!r}; expected 'landing.{path.stem}', as the file."
        )
    promises = tuple(_read_promise(path, entry) for entry in document["expectations"])
    _refuse_loose_suite(path, promises)
    return Suite(path.stem, document["meta"]["is_required"], promises)


def _read_promise(path: Path, entry: Mapping[str, Any]) -> Promise:
    where = f"promise {entry.get('meta', {}).get('promise', '?')!r} of {path}"
    _refuse_other_keys(entry, {"type", "kwargs", "severity", "meta"}, set(), where)
    meta = entry["meta"]
    _refuse_other_keys(meta, {"promise", "action", "why"}, {"about", "remedy"}, f"meta of {where}")
    about = meta.get("about", path.stem)
    named = (path.stem, meta["promise"], entry["severity"], meta["action"], meta["why"])
    promise = Promise(*named, about, meta.get("remedy", ""), entry)
    _refuse_loose_promise(promise, where)
    return promise


def _refuse_loose_promise(promise: Promise, where: str) -> None:
    if _NAME.fullmatch(promise.name) is None:
        raise SettingsError(f"{where}: a promise is named in lower case with underscores, at most 64 letters.")
    if promise.action not in _ACTIONS.get(promise.severity, ()):
        raise SettingsError(
            f"{where} has severity {promise.severity!r} and action {promise.action!r}; expected critical with "
            "quarantine or stop, or warning or info with warn."
        )
    if not 0 < len(promise.why.strip()) <= _WHY_LENGTH:
        raise SettingsError(f"{where} has a `why` of {len(promise.why)} letters; expected 1 to {_WHY_LENGTH}.")
    if bool(promise.remedy) != (promise.action == "stop"):
        raise SettingsError(
            f"{where} has action {promise.action!r} and remedy {promise.remedy!r}; a stop says what to do, no other."
        )
    if promise.about == promise.table and promise.expectation["type"] not in _ASKED_OF_ROWS:
        raise SettingsError(
            f"{where} asks {promise.expectation['type']} of every row; expected one of {', '.join(_ASKED_OF_ROWS)}. "
            "Write a query of few rows under sql/checks/ and name it in meta.about."
        )
    if promise.action == "quarantine" and dict(promise.kwargs) != {"promises": [promise.name]}:
        raise SettingsError(
            f"{where} sets rows aside; expected kwargs {{'promises': ['{promise.name}']}} and nothing else."
        )


def _refuse_loose_suite(path: Path, promises: tuple[Promise, ...]) -> None:
    twice = [name for name, count in Counter(one.name for one in promises).items() if count > 1]
    if twice:
        raise SettingsError(f"{path} makes promises {twice} twice; give each its own name.")
    bounds = [one.name for one in promises if one.counts_bad_rows and one.action == "stop"]
    if len(bounds) != 1:
        raise SettingsError(
            f"{path} has {len(bounds)} promises that bound the share of quarantined rows; expected exactly one with "
            f"kwargs.promises {QUARANTINED} and action stop, or any number of bad rows would go through."
        )


def _refuse_other_keys(given: Mapping[str, Any], asked: set[str], allowed: set[str], where: str) -> None:
    missing, unknown = asked - set(given), set(given) - asked - allowed
    if missing or unknown:
        raise SettingsError(
            f"{where} lacks keys {sorted(missing)} and has unknown keys {sorted(unknown)}. Mend the file."
        )
