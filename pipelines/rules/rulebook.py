"""The rulebook: the parameters of every section as a bank has set them, and the version that its rows carry.

kcrm.toml sets [rules.<section>] over the defaults. The version is the section's revision and, where the bank has
changed a parameter, a digest of all of them, so that no change goes unseen.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, TypeVar

from pipelines.errors import SettingsError
from pipelines.rules.rule import Parameters
from pipelines.rules.sections import SECTIONS

_DIGEST_LENGTH = 6
Kind = TypeVar("Kind", bound=Parameters)


@dataclass(frozen=True)
class Rulebook:
    """The sections that a bank has changed, by name; every other section has its defaults."""

    changed: Mapping[str, Parameters] = field(default_factory=dict)

    def section(self, name: str) -> Parameters:
        """Return the parameters of a section."""
        return self.changed.get(name, SECTIONS[name].parameters)

    def get(self, kind: type[Kind]) -> Kind:
        """Return the parameters of the section that has this kind of parameters."""
        (name,) = (one.name for one in SECTIONS.values() if type(one.parameters) is kind)
        found = self.section(name)
        assert isinstance(found, kind)  # noqa: S101  a section is only ever replaced by its own kind
        return found

    def parameters(self, section: str) -> dict[str, Any]:
        """Return the parameters of a section by name."""
        return asdict(self.section(section))

    def version(self, section: str) -> str:
        """Return the version of a section's rows: tiers_v1, or tiers_v1_3fa9c2 after a bank's change."""
        name = f"{section}_v{SECTIONS[section].revision}"
        mine, defaults = self.parameters(section), asdict(SECTIONS[section].parameters)
        return name if mine == defaults else f"{name}_{digest(mine)}"


def digest(parameters: Mapping[str, Any]) -> str:
    """Return a short name of these parameters: the same for the same ones, on every machine."""
    text = json.dumps(parameters, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:_DIGEST_LENGTH]


def read_rulebook(document: Mapping[str, Any], where: str) -> Rulebook:
    """Read [rules.<section>] of a configuration; SettingsError for an unknown name or a value of another type."""
    unknown = sorted(set(document) - set(SECTIONS))
    if unknown:
        raise SettingsError(f"{where} has unknown rules {unknown}; it takes {sorted(SECTIONS)}: rename or remove them.")
    return Rulebook({section: _read_section(section, given, where) for section, given in document.items()})


def _read_section(section: str, given: Any, where: str) -> Parameters:
    defaults = SECTIONS[section].parameters
    names = sorted(asdict(defaults))
    if not isinstance(given, Mapping):
        raise SettingsError(f"[rules.{section}] in {where} is {given!r}; expected a table of {names}.")
    for name, value in given.items():
        if name not in names:
            raise SettingsError(f"[rules.{section}] in {where} has an unknown key {name}; it takes {names}.")
        _refuse_other_type(f"{name} of [rules.{section}] in {where}", value, type(getattr(defaults, name)))
    return replace(defaults, **given)


def _refuse_other_type(what: str, value: Any, wanted: type) -> None:
    if isinstance(value, float) and not math.isfinite(value):
        raise SettingsError(f"{what} is {value}; expected a finite number.")
    if type(value) is not wanted and not (wanted is float and type(value) is int):
        raise SettingsError(f"{what} is {value!r}; expected {wanted.__name__}.")
