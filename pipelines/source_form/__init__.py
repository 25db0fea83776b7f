"""How a source writes what it gives, as [sources.<name>] of kcrm.toml declares it; nothing of it is guessed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field

from pipelines.setting_errors import must


def _is_encoding(name: str) -> bool:
    try:
        "".encode(name)
        b"".decode(name)
    except LookupError:
        return False
    return True


def is_zone(name: str) -> bool:
    """Say whether a name is one of the IANA time zones."""
    try:
        ZoneInfo(name)
    except (ValueError, OSError, LookupError):
        return False
    return True


_Mark = Annotated[str, must(lambda mark: len(mark) == 1 and mark.isascii(), "one ASCII character")]
_MarkOrNone = Annotated[str, must(lambda mark: len(mark) < 2 and mark.isascii(), "one ASCII character, or ''")]
Zone = Annotated[str, must(is_zone, "the name of a time zone such as Asia/Shanghai")]


class CsvForm(BaseModel):
    """The dialect of all csv files of a source; `columns` names the header that a file must have, by file stem."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, hide_input_in_errors=True)

    delimiter: _Mark = ","
    quote: _MarkOrNone = '"'
    escape: _MarkOrNone = '"'
    encoding: Annotated[str, must(_is_encoding, "an encoding such as utf-8 or gb18030")] = "utf-8"
    columns: Mapping[str, Annotated[tuple[str, ...], Field(strict=False)]] = {}

    @property
    def is_utf8(self) -> bool:
        """Say whether DuckDB reads the files as they are; others are decoded first."""
        return self.encoding.lower().replace("_", "-") in ("utf-8", "utf8", "utf-8-sig")
