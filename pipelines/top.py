"""The highest scores in force as tables that a banker can read."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from models.declare.spec import ModelSpec
from pipelines.errors import PublicationError
from pipelines.learning.specs import load_specs
from pipelines.settings import load_settings
from pipelines.warehouse import open_warehouse

_HEADERS = {
    "en": ("customer", "chance", "band", "trend", "why"),
    "zh": ("客户", "概率", "分档", "环比", "原因"),
}


def print_top(console: Console, count: int = 10, language: str = "en") -> None:
    """Print the `count` highest ranks of each model and where the tables are; PublicationError without a valid run."""
    settings = load_settings()
    with open_warehouse(settings.warehouse_url) as warehouse:
        runs = warehouse.read("ledger/current_run").to_pylist()
        if not runs:
            raise PublicationError("nothing is published yet; run `make demo`, or the steps up to `kcrm publish`.")
        rows = warehouse.read("publishing/top_scores", count=count).to_pylist()
    if runs[0]["is_expired"]:
        raise PublicationError(
            f"run {runs[0]['run_id']} was valid until {runs[0]['valid_until']}, so its scores are served no more. Run "
            "the steps of a later month, or raise valid_days of the source in kcrm.toml and score this one again."
        )
    for spec in load_specs().values():
        console.print(_build_table(spec, [row for row in rows if row["model_name"] == spec.name], language))
    where = f"Run {runs[0]['run_id']}, as of {runs[0]['as_of']}. The views of schema crm (docs/crm.md) are in "
    console.print(where + _locate(settings.warehouse_url), markup=False, highlight=False, soft_wrap=True)


def _build_table(spec: ModelSpec, rows: list[dict[str, Any]], language: str) -> Table:
    table = Table(
        title=(spec.title_zh if language == "zh" else spec.title_en) or spec.name,
        title_style="bold",
        expand=True,
        show_lines=True,
    )
    who, chance, band, trend, why = _HEADERS[language]
    table.add_column("#", justify="right")
    table.add_column(who, no_wrap=True)
    table.add_column(chance, justify="right")
    table.add_column(band)
    table.add_column(trend, justify="right")
    table.add_column(why, ratio=1, overflow="fold")  # Chinese has no blanks to break a line at
    for _, group in groupby(rows, key=lambda row: (row["rank"], row["customer_id"])):
        reasons = list(group)
        first = reasons[0]
        change = "" if first["trend"] is None else f"{round(first['trend'] * 100) or 0:+d}"
        told = "\n".join(escape(reason[f"text_{language}"]) for reason in reasons)
        named = escape(f"{first['customer_id']} {first['name'] or ''}".strip())
        table.add_row(str(first["rank"]), named, f"{first['score']:.0%}", first["band"], change, told)
    return table


def _locate(url: str) -> str:
    from sqlalchemy.engine import make_url

    return make_url(url).render_as_string(hide_password=True)
