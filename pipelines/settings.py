"""Settings: what differs between banks and machines, from kcrm.toml and the environment, typed and checked once."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, InstanceOf, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from pipelines.errors import SettingsError
from pipelines.paths import SOURCES_ROOT, find_home
from pipelines.rules.rulebook import Rulebook, read_rulebook
from pipelines.setting_errors import describe, must, refuse_unknown
from pipelines.source_form import CsvForm, Zone
from pipelines.variables import PREFIX, read_variables

_MEMORY = re.compile(r"([0-9]+(\.[0-9]+)? ?[KMGT]i?B)?")
_CURRENCY = re.compile(r"[A-Z]{3}")
_MONTH = re.compile(r"([1-9][0-9]{3})-(0[1-9]|1[0-2])")
_TABLES = ("settings", "sources", "rules")
_AS_OFS = "0 (all) or 3 or more, as a month that is run again goes on from the one before it"
Count = Annotated[int, Field(ge=1)]


class SourceSettings(BaseModel):
    """One entry of [sources.<name>] in kcrm.toml."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, hide_input_in_errors=True)

    first_training_as_of: Annotated[date, must(lambda day: day.day == 1, "the first day of a month")]
    lookback_days: Count | None = None
    stale_after_days: Count | None = None
    valid_days: Annotated[int, Field(ge=0, le=36_500)] = 62
    """How long after as_of scores are served, and what rests on them; 0: without end, as where no month follows."""
    tables: Annotated[tuple[str, ...] | None, Field(strict=False)] = None
    """The landing tables that are extracted and checked; without it all that the source's folder has a query for."""
    description: str = ""
    csv: CsvForm = CsvForm()
    """How its csv files are written."""
    timezone: Zone | None = None
    """The zone of its sessions, in which a timestamp with a zone has its day; without it such a day is refused."""
    rules: Mapping[str, Any] = {}
    """What goes over [rules.<section>] while this source is in force, such as the capital of one bank."""
    labels: Mapping[str, Mapping[str, float]] = {}
    """By model, what goes over the numbers of its label, such as the least amount in another currency."""

    def has_table(self, name: str) -> bool:
        """Say whether a landing table is pulled of this source."""
        return self.tables is None or name in self.tables


class Options(BaseSettings):
    """What [settings] of kcrm.toml and KCRM_<KEY> may set; a URL may hold a password, so it is a variable only."""

    model_config = SettingsConfigDict(
        strict=True, extra="forbid", frozen=True, hide_input_in_errors=True, allow_inf_nan=False, env_prefix=PREFIX
    )

    var: Annotated[Path, AfterValidator(Path.resolve), Field(strict=False, default_factory=lambda: find_home() / "var")]
    source: str = "demo_bank"
    sources: Annotated[Path, AfterValidator(Path.resolve), Field(strict=False)] = SOURCES_ROOT
    """The folder that holds one folder of SELECTs a source."""
    warehouse_url: str = Field(default_factory=lambda known: f"duckdb:///{known['var']}/kcrm.duckdb", repr=False)
    mlflow_uri: str = Field(default_factory=lambda known: f"sqlite:///{known['var']}/mlflow.db", repr=False)
    source_url: str = Field(default_factory=lambda known: f"files://{known['var']}/demo_bank", repr=False)
    num_threads: Count = 2
    quarantine_max_share: Annotated[float, Field(ge=0, le=1)] = 0.02
    test_months: Count = 13
    refit_every_months: Count = 1
    bootstrap_rounds: Count = 1000
    train_customers: Count = 50_000
    reason_count: Count = 5
    batch_rows: Count = 50_000
    runs_kept: Count = 2
    as_ofs_kept: Annotated[int, must(lambda count: count == 0 or count >= 3, _AS_OFS)] = 13
    """How many of the last published as_ofs keep the rows of their rules; retention.py names which."""
    reader_role: Annotated[str, must(lambda role: role.lower() != "public", "a role that is not everybody")] = ""
    """A role of the warehouse's server that may read the views of the CRM, and nothing else of it; empty: none."""
    memory_limit: Annotated[str, must(_MEMORY.fullmatch, "such as 4GB or 800MB, or ''")] = "4GB"
    """What DuckDB may take before it puts aside on disk, beside its file; empty: 80 % of the machine's memory."""
    reporting_currency: Annotated[str, must(_CURRENCY.fullmatch, "an ISO 4217 code such as CNY")] = "CNY"
    """The ISO 4217 code of the currency of every amount in landing and in the CRM; nothing is converted yet."""

    @classmethod
    def settings_customise_sources(  # type: ignore[override]  # the other sources are not used
        cls, settings_cls: type[BaseSettings], init_settings: Any, **_: Any
    ) -> tuple[Any]:
        """Take the values given and nothing else: load_settings reads the file and the environment."""
        return (init_settings,)


class Settings(Options):
    """Everything a step may ask for besides its warehouse and its as_of."""

    declared_sources: Mapping[str, SourceSettings] = {}
    """The entries of [sources.<name>] in kcrm.toml, by name."""
    rulebook: InstanceOf[Rulebook] = Rulebook()

    @property
    def first_training_as_of(self) -> date:
        """The first as_of that training may look at, for the source in force."""
        return self.source_settings.first_training_as_of

    @property
    def source_settings(self) -> SourceSettings:
        """The entry of the source in force; an unknown one is an error that names the known ones."""
        if self.source not in self.declared_sources:
            known = ", ".join(sorted(self.declared_sources)) or "none"
            raise SettingsError(
                f"kcrm.toml has no source {self.source!r}; it has {known}. "
                "Set KCRM_SOURCE to one of these, or add [sources.<name>] and the folder <name> of SELECTs."
            )
        return self.declared_sources[self.source]


_SECRETS = {name for name, key in Options.model_fields.items() if not key.repr}


def load_settings(root: Path | None = None, environment: Mapping[str, str] = os.environ) -> Settings:
    """Read kcrm.toml (KCRM_CONFIG names another file); KCRM_* variables that are not empty override it.

    Without `root` the file is in the checkout, and for an installed wheel in the working directory.
    """
    root = root or find_home()
    variables = read_variables(Options, environment)
    path = Path(environment.get("KCRM_CONFIG", "").strip() or root / "kcrm.toml")
    document = _read_toml(path)
    refuse_unknown(document["settings"], Options.model_fields.keys() - _SECRETS, f"[settings] in {path}", "key")
    values = {"var": root / "var"} | _place_sources(document["settings"], path) | variables
    try:
        settings = Settings(**values, declared_sources=document["sources"])
    except ValidationError as error:
        where = lambda keys: _locate(keys, path, variables)  # noqa: E731
        raise SettingsError(describe(error, where, _SECRETS)) from error
    rules = read_rulebook(_lay_rules(document["rules"], settings), str(path))
    return settings.model_copy(update={"rulebook": rules})


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


def _read_toml(path: Path) -> dict[str, dict[str, Any]]:
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as missing:
        raise SettingsError(f"no configuration at {path}; write it there, or set KCRM_CONFIG.") from missing
    except UnicodeDecodeError as broken:
        raise SettingsError(f"{path} is not UTF-8 at byte {broken.start}; save the file as UTF-8.") from broken
    except tomllib.TOMLDecodeError as broken:
        raise SettingsError(f"{path} is not TOML: {broken}. Fix that line.") from broken
    refuse_unknown(document, _TABLES, str(path), "table")
    for name, table in document.items():
        if not isinstance(table, dict):
            raise SettingsError(f"{name} in {path} is {type(table).__name__}; expected a table, [{name}]. Correct it.")
    return {name: document.get(name, {}) for name in _TABLES}


def _place_sources(options: Mapping[str, Any], path: Path) -> dict[str, Any]:
    """Return [settings] with a relative folder of sources taken from the folder of the file."""
    folder = options.get("sources")
    return {**options, "sources": path.parent / folder} if isinstance(folder, str) and folder else dict(options)


def _locate(keys: tuple[int | str, ...], path: Path, variables: Mapping[str, Any]) -> str:
    """Say where the value of a path of keys of Settings is set: a variable, or a key of a table of the file."""
    first, *rest = (str(key) for key in keys)
    if first in variables:
        return PREFIX + first.upper()
    if first != "declared_sources":
        return f"{first} of [settings] in {path}"
    table = f"[sources.{rest[0]}] in {path}"
    return f"{'.'.join(rest[1:])} of {table}" if rest[1:] else table


def _lay_rules(rules: Mapping[str, Any], settings: Settings) -> dict[str, Any]:
    """Return [rules.<section>] with [sources.<name>.rules.<section>] of the source in force over it, key by key."""
    laid = dict(rules)
    source = settings.declared_sources.get(settings.source)
    for section, given in (source.rules if source else {}).items():
        both = isinstance(given, Mapping) and isinstance(rules.get(section), Mapping)
        laid[section] = {**rules[section], **given} if both else given
    return laid
