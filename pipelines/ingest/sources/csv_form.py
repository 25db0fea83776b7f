"""How a source writes its csv files: fixed by its declaration in kcrm.toml, never guessed from the rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class CsvForm:
    """The dialect of all csv files of a source; `columns` names the header that a file must have, by file stem."""

    delimiter: str = ","
    quote: str = '"'
    escape: str = '"'
    encoding: str = "utf-8"
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def is_utf8(self) -> bool:
        """Say whether DuckDB reads the files as they are; others are decoded first."""
        return self.encoding.lower().replace("_", "-") in ("utf-8", "utf8", "utf-8-sig")
