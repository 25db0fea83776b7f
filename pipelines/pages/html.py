"""The frame of every page: a self-contained HTML document, readable in light and dark and on a phone."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

STYLE = """
:root { color-scheme: light dark; --ink: #1b1f24; --paper: #fff; --line: #d5dae0; --soft: #59636e;
  --bad: #b3261e; --warn: #8a5300; --good: #1a6b32; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ec; --paper: #15181c; --line: #3a4149; --soft: #a3adb8;
  --bad: #ff8a80; --warn: #ffc266; --good: #7ddb97; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); margin: 2rem auto;
  max-width: 84rem; padding: 0 1rem; }
.wide { overflow-x: auto; } table { border-collapse: collapse; width: 100%; margin: .5rem 0 2rem; }
th, td { border-bottom: 1px solid var(--line); padding: .35rem .6rem; text-align: left; vertical-align: top; }
td.number { text-align: right; font-variant-numeric: tabular-nums; } td.why, caption { color: var(--soft); }
code { font-size: .92em; overflow-wrap: anywhere; } .bad { color: var(--bad); font-weight: 600; }
.warn { color: var(--warn); font-weight: 600; } .good { color: var(--good); } .soft { color: var(--soft); }
"""


def render_document(title: str, parts: Iterable[str]) -> str:
    """Return a whole document; `parts` are rendered HTML, the title is escaped."""
    head = [
        '<!doctype html><html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{escape(title)}</title><style>{STYLE}</style></head><body><h1>{escape(title)}</h1>",
    ]
    return "\n".join([*head, *parts, "</body></html>"]) + "\n"


def render_heads(words: Iterable[str]) -> str:
    """Render the row of column heads of a table."""
    return "<tr>" + "".join(f'<th scope="col">{word}</th>' for word in words) + "</tr>"
