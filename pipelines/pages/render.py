"""HTML pages from templates: every template extends base.html.j2, and every page is one file that needs no network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True)
class Section:
    """A part of a page: its heading, the heads of its table, and rows as the template shows them for that kind."""

    title: str
    rows: Sequence[Any]
    columns: Sequence[str] = ()
    kind: str = ""


def render_template(name: str, title: str, sections: Sequence[Section], **values: Any) -> str:
    """Return the page of <name>.html.j2 with every value escaped.

    jinja2.UndefinedError where the template names a value that is not given.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,  # not by file name: select_autoescape() leaves .j2 files unescaped
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template(f"{name}.html.j2").render(title=title, sections=sections, **values)


def write_html(path: Path, page: str) -> Path:
    """Write the page, in the place of an earlier one, and return its path; missing folders are made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page, encoding="utf-8")
    return path
