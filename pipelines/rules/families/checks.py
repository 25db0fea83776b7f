"""Checks that sections of the rulebook share."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from pipelines.errors import SettingsError


def refuse_below(least: int, section: str, rule: Any, but: tuple[str, ...] = ()) -> None:
    """Refuse a rule with a number below `least`, but for the names in `but`."""
    for name, value in asdict(rule).items():
        if name not in but and value < least:
            raise SettingsError(f"[rules.{section}] has {name} {value}; expected {least} or more.")
