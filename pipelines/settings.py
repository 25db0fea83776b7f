"""Settings: what differs between banks and machines, from kcrm.toml and the environment, typed and checked once."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from pipelines.errors import SettingsError
from pipelines.paths import SOURCES_ROOT, find_home
from pipelines.rules.rulebook import Rulebook, read_rulebook
from pipelines.variables import read_variables

PROJECT_ROOT = Path(__file__).resolve().parent.parent
_LONGEST_DAYS = 36_500
_MEMORY = re.compile(r"([0-9]+(\.[0-9]+)? ?[KMGT]i?B)?")
_CURRENCY = re.compile(r"[A-Z]{3}")
_MONTH = re.compile(r"([1-9][0-9]{3})-(0[1-9]|1[0-2])")


@dataclass(frozen=True)
class SourceSettings:
    """One entry of [sources.<name>] in kcrm.toml."""

    first_training_as_of: date
    lookback_days: int | None = None
    stale_after_days: int | None = None
    valid_days: int = 62
    """How long after as_of scores are served, and what rests on them; 0: without end, as where no month follows."""
    tables: tuple[str, ...] | None = None
    """The landing tables that are extracted and checked; without it all that the source's folder has a query for."""
    description: str = ""
    rules: Mapping[str, Any] = field(default_factory=dict)
    """What goes over [rules.<section>] while this source is in force, such as the capital of one bank."""

    def has_table(self, name: str) -> bool:
        """Say whether a landing table is pulled of this source."""
        return self.tables is None or name in self.tables


@dataclass(frozen=True)
class Settings:
    """Everything a step may ask for besides its warehouse and its as_of."""

    warehouse_url: str = field(repr=False)
    mlflow_uri: str = field(repr=False)
    source_url: str = field(repr=False)
    var: Path
    source: str
    sources: Mapping[str, SourceSettings]
    sources_folder: Path = SOURCES_ROOT
    """The folder that holds one folder of SELECTs a source: `sources` in kcrm.toml, or KCRM_SOURCES."""
    num_threads: int = 2
    quarantine_max_share: float = 0.02
    test_months: int = 13
    refit_every_months: int = 1
    bootstrap_rounds: int = 1000
    train_customers: int = 50_000
    reason_count: int = 5
    batch_rows: int = 50_000
    runs_kept: int = 2
    as_ofs_kept: int = 13
    """How many of the last published as_ofs keep the rows of their rules; 0: all (least 3); pruning.py names which."""
    rulebook: Rulebook = field(default_factory=Rulebook)
    reader_role: str = ""
    """A role of the warehouse's server that may read the views of the CRM, and nothing else of it; empty: none."""
    memory_limit: str = "4GB"
    """What DuckDB may take before it puts aside on disk, beside its file; empty: 80 % of the machine's memory."""

    reporting_currency: str = "CNY"
    """The ISO 4217 code of the currency of every amount in landing and in the CRM; nothing is converted yet."""

    def __post_init__(self) -> None:
        _refuse_out_of_range(self)

    @property
    def first_training_as_of(self) -> date:
        """The first as_of that training may look at, for the source in force."""
        return self.source_settings.first_training_as_of

    @property
    def source_settings(self) -> SourceSettings:
        """The entry of the source in force; an unknown one is an error that names the known ones."""
        if self.source not in self.sources:
            known = ", ".join(sorted(self.sources)) or "none"
            raise SettingsError(
                f"kcrm.toml has no source {self.source!r}; it has {known}. "
                "Set KCRM_SOURCE to one of these, or add [sources.<name>] and the folder <name> of SELECTs."
            )
        return self.sources[self.source]


def load_settings(root: Path | None = None, environment: Mapping[str, str] = os.environ) -> Settings:
    """Read kcrm.toml (KCRM_CONFIG names another file); KCRM_* variables that are not empty override it.

    Without `root` the file is in the checkout, and for an installed wheel in the working directory.
    """
    root = root or find_home()
    environment = read_variables(environment, _TUNABLE)
    path = Path(environment.get("KCRM_CONFIG") or root / "kcrm.toml")
    document = _read_toml(path)
    var = Path(environment.get("KCRM_VAR") or document["settings"].pop("var", "") or root / "var").resolve()
    document["settings"].pop("var", None)
    source = environment.get("KCRM_SOURCE") or "demo_bank"
    settings = Settings(
        warehouse_url=environment.get("KCRM_WAREHOUSE_URL") or f"duckdb:///{var}/kcrm.duckdb",
        mlflow_uri=environment.get("KCRM_MLFLOW_URI") or f"sqlite:///{var}/mlflow.db",
        source_url=environment.get("KCRM_SOURCE_URL") or f"files://{var}/demo_bank",
        var=var,
        source=source,
        sources={name: _source(path, name, entry) for name, entry in document["sources"].items()},
        sources_folder=_find_sources(path, document["settings"].pop("sources", ""), environment),
        rulebook=read_rulebook(_lay_rules(document, source), str(path)),
    )
    return _overlay(settings, document["settings"], environment, path)


def as_of_of_month(month: str) -> date:
    """Turn "2026-10" into the as_of that follows that month, 2026-11-01; anything else is refused."""
    match = _MONTH.fullmatch(month)
    if match is None:
        raise SettingsError(f"month {month!r} is not a month; expected YYYY-MM such as 2026-10.")
    year, number = int(match[1]), int(match[2])
    return date(year + number // 12, number % 12 + 1, 1)


def add_months(day: date, months: int) -> date:
    """Move the first day of a month by whole months; other days are refused, as as_ofs are firsts."""
    if day.day != 1:
        raise SettingsError(f"as_of {day} is not the first day of a month; expected e.g. {day.replace(day=1)}.")
    count = day.year * 12 + day.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as missing:
        raise SettingsError(f"no configuration at {path}; write it there, or set KCRM_CONFIG.") from missing
    except UnicodeDecodeError as broken:
        raise SettingsError(f"{path} is not UTF-8 at byte {broken.start}; save the file as UTF-8.") from broken
    except tomllib.TOMLDecodeError as broken:
        raise SettingsError(f"{path} is not TOML: {broken}. Fix that line.") from broken
    unknown = set(document) - {"settings", "sources", "rules"}
    if unknown:
        raise SettingsError(
            f"{path} has unknown tables {sorted(unknown)}; expected [settings], [sources.<name>] and [rules.<section>]."
        )
    tables = {name: document.get(name, {}) for name in ("sources", "rules")}
    return {"settings": dict(document.get("settings", {})), **tables}


def _find_sources(path: Path, value: Any, environment: Mapping[str, str]) -> Path:
    """Return the folder of sources; one in kcrm.toml is relative to that file."""
    if not isinstance(value, str):
        raise SettingsError(f"setting sources in {path} is {value!r}; expected a folder such as '/etc/kcrm/sources'.")
    given = environment.get("KCRM_SOURCES") or (value and path.parent / value)
    return Path(given).resolve() if given else SOURCES_ROOT


def _source(path: Path, name: str, entry: Mapping[str, Any]) -> SourceSettings:
    if "ladder_start" in entry:
        raise SettingsError(
            f"[sources.{name}] in {path} has the old key ladder_start; expected first_training_as_of: rename it."
        )
    try:
        source = SourceSettings(**{**entry, "tables": _tables(name, entry)})
    except TypeError as wrong:
        raise SettingsError(
            f"[sources.{name}] in {path} has keys {sorted(entry)}; expected first_training_as_of and, if wanted, "
            "lookback_days, stale_after_days, valid_days, tables, description, rules. Remove or rename the others."
        ) from wrong
    if type(source.first_training_as_of) is not date or source.first_training_as_of.day != 1:
        raise SettingsError(
            f"first_training_as_of of source {name} is {source.first_training_as_of}; expected the first day "
            "of a month, such as 2024-05-01 (without quotes)."
        )
    if not isinstance(source.rules, Mapping):
        raise SettingsError(f"rules of source {name} is {source.rules!r}; expected [sources.{name}.rules.<section>].")
    for key in ("lookback_days", "stale_after_days"):
        days = getattr(source, key)
        if days is not None and (type(days) is not int or days < 1):
            raise SettingsError(f"{key} of source {name} is {days!r}; expected a whole number of days, 1 or more.")
    if type(source.valid_days) is not int or not 0 <= source.valid_days <= _LONGEST_DAYS:
        raise SettingsError(
            f"valid_days of source {name} is {source.valid_days!r}; expected a whole number of days up to "
            f"{_LONGEST_DAYS}, or 0: without end."
        )
    return source


def _lay_rules(document: Mapping[str, Any], source: str) -> dict[str, Any]:
    """Return [rules.<section>] with [sources.<name>.rules.<section>] of the source in force over it, key by key."""
    rules = dict(document["rules"])
    for section, given in document["sources"].get(source, {}).get("rules", {}).items():
        both = isinstance(given, Mapping) and isinstance(rules.get(section), Mapping)
        rules[section] = {**rules[section], **given} if both else given
    return rules


def _tables(name: str, entry: Mapping[str, Any]) -> tuple[str, ...] | None:
    tables = entry.get("tables")
    if tables is None:
        return None
    if not isinstance(tables, list) or not all(isinstance(one, str) for one in tables):
        raise SettingsError(f"tables of source {name} is {tables!r}; expected a list of landing tables.")
    return tuple(tables)


_TUNABLE: dict[str, type] = {
    "num_threads": int,
    "quarantine_max_share": float,
    "test_months": int,
    "refit_every_months": int,
    "bootstrap_rounds": int,
    "train_customers": int,
    "reason_count": int,
    "batch_rows": int,
    "runs_kept": int,
    "as_ofs_kept": int,
    "memory_limit": str,
    "reader_role": str,
    "reporting_currency": str,
}


def _overlay(base: Settings, table: Mapping[str, Any], environment: Mapping[str, str], path: Path) -> Settings:
    unknown = set(table) - set(_TUNABLE)
    if unknown:
        raise SettingsError(f"[settings] in {path} has unknown keys {sorted(unknown)}; it takes {sorted(_TUNABLE)}.")
    values = {name: _check_type(name, value) for name, value in table.items()}
    for name in _TUNABLE:
        if f"KCRM_{name.upper()}" in environment:
            values[name] = _cast(name, environment[f"KCRM_{name.upper()}"])
    return replace(base, **values)


def _check_type(name: str, value: Any) -> Any:
    """Return a value of the file that has the setting's own type; a whole number may serve as a share."""
    expected = _TUNABLE[name]
    if expected is float and type(value) is int:
        return float(value)
    if type(value) is not expected:
        raise SettingsError(f"setting {name} is {value!r}; expected {expected.__name__}.")
    return value


def _cast(name: str, value: str) -> Any:
    try:
        return _TUNABLE[name](value)
    except ValueError as wrong:
        raise SettingsError(f"setting {name} is {value!r}; expected {_TUNABLE[name].__name__}.") from wrong


def _refuse_out_of_range(settings: Settings) -> None:
    for name in (
        "num_threads",
        "test_months",
        "refit_every_months",
        "reason_count",
        "batch_rows",
        "runs_kept",
        "bootstrap_rounds",
        "train_customers",
    ):
        if getattr(settings, name) < 1:
            raise SettingsError(f"setting {name} is {getattr(settings, name)}; expected 1 or more.")
    if settings.as_ofs_kept != 0 and settings.as_ofs_kept < 3:
        raise SettingsError(
            f"setting as_ofs_kept is {settings.as_ofs_kept}; expected 0 (all) or 3 or more: a month that is "
            "run again goes on from the one before it."
        )
    if _MEMORY.fullmatch(settings.memory_limit) is None:
        raise SettingsError(f"setting memory_limit is {settings.memory_limit!r}; expected such as 4GB or 800MB, or ''.")
    if _CURRENCY.fullmatch(settings.reporting_currency) is None:
        raise SettingsError(
            f"setting reporting_currency is {settings.reporting_currency!r}; expected an ISO 4217 code such as CNY."
        )
    if settings.reader_role.lower() == "public":
        raise SettingsError("setting reader_role is 'public', which is everybody; expected a role of the CRM's own.")
    if not 0 <= settings.quarantine_max_share <= 1:
        raise SettingsError(f"setting quarantine_max_share is {settings.quarantine_max_share}; expected 0 to 1.")
