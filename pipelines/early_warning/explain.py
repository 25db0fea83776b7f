"""The class of a customer from its first run on, line by line, each line held to the table of transitions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from rich.console import Console

from models.classes.relationship_class import Table, Transition, choose_transition, find_floor, look_up
from pipelines.errors import PublicationError
from pipelines.ledger.runs import WITH_ROWS, read_publications, stack_publications
from pipelines.warehouse import Warehouse

_WORDS = {
    "en": {
        "normal": "normal",
        "watch": "watch",
        "doubtful": "doubtful",
        "exit": "exit",
        "stays": "stays {to}, period {periods}: {why}",
        "moves": "{start} -> {to}: {why}",
        "first": "first judged, {to}: {why}",
        "measure": " ({value:.4g}, edge {edge:.4g})",
        "floor": " [floor: no score or person lifts it]",
        "clean": "clean periods running: {clean_periods}",
        "unimproved": "periods without improvement: {unimproved_periods}",
        "proposed": "exit is proposed, and entered only when a person approves it",
        "override": "shown as {to} until {override_until}, by {override_by}",
        "unknown": "not told: {unknown}",
        "and": ", ",
        "distress_score": "chance of distress",
        "days_past_due": "days past due",
        "class5": "loan grade",
        "default_count_12m": "defaults",
        "is_over_limit": "limits",
        "is_blacklisted": "blacklist",
        "industry_trend": "trend of the industry",
        "turnover_ratio_3m_12m": "turnover",
    },
    "zh": {
        "normal": "正常",
        "watch": "关注",
        "doubtful": "可疑",
        "exit": "退出",
        "stays": "维持{to}，第{periods}期：{why}",
        "moves": "{start} -> {to}：{why}",
        "first": "首次分类，{to}：{why}",
        "measure": "（{value:.4g}，阈值{edge:.4g}）",
        "floor": "【监管下限，评分和人工均不得上调】",
        "clean": "已连续{clean_periods}期无负面证据",
        "unimproved": "已连续{unimproved_periods}期未改善",
        "proposed": "建议退出，须经具名审批后方可进入",
        "override": "人工调整显示为{to}，至{override_until}，调整人{override_by}",
        "unknown": "未知项：{unknown}",
        "and": "、",
        "distress_score": "困境概率",
        "days_past_due": "逾期天数",
        "class5": "贷款分类",
        "default_count_12m": "违约信息",
        "is_over_limit": "限额",
        "is_blacklisted": "黑名单",
        "industry_trend": "行业趋势",
        "turnover_ratio_3m_12m": "流水",
    },
}


@dataclass(frozen=True)
class Chapter:
    """One published run's word on a customer: its class, all that spoke against it, and the table it was judged by.

    `before` is what the run before said, none where it said nothing; of the first run nobody can tell (`is_first`).
    """

    run_id: str
    told: dict[str, Any]
    evidence: list[dict[str, Any]]
    table: Table
    before: str | None
    is_first: bool


def explain(console: Console, warehouse: Warehouse, customer_id: str, as_of: date, language: str = "en") -> None:
    """Print the customer's classes in all runs that stand up to `as_of`; PublicationError where there are none."""
    chapters = read_chapters(warehouse, customer_id, as_of)
    if not chapters:
        raise PublicationError(
            f"no run that stands up to {as_of} has a class of customer {customer_id!r}. Correct the customer_id, or "
            "score, rules and publish first; `kcrm status` tells which run is in force. A month that was published "
            "after a later one is kept as a backfill and is no part of the chain: publish the oldest month first."
        )
    for chapter in chapters:
        refuse_broken(customer_id, chapter)
    for chapter in chapters:
        for place, line in enumerate(describe_chapter(chapter, language)):
            start = f"{chapter.told['as_of']}  " if place == 0 else " " * 12
            console.print(start + line, markup=False, highlight=False, soft_wrap=True)


def read_chapters(warehouse: Warehouse, customer_id: str, as_of: date) -> list[Chapter]:
    """Return what the standing runs, the last of each as_of up to the given one, say of the customer; oldest first."""
    stack = stack_publications(read_publications(warehouse))
    last = {flip.as_of: flip.run_id for flip in stack if flip.as_of <= as_of and flip.state in WITH_ROWS}
    chapters: list[Chapter] = []
    before = None
    for place, day in enumerate(sorted(last)):
        keys = {"run_id": last[day], "customer_id": customer_id}
        told = warehouse.read("early_warning/classes_of_run", **keys).to_pylist()
        if told:
            evidence = warehouse.read("early_warning/evidence_of_run", **keys).to_pylist()
            lines = warehouse.read("early_warning/transitions_of_run", run_id=last[day]).to_pylist()
            table = look_up(Transition(**line) for line in lines)
            chapters.append(Chapter(last[day], told[0], evidence, table, before, is_first=place == 0))
        before = told[0]["machine_class"] if told else None
    return chapters


def refuse_broken(customer_id: str, chapter: Chapter) -> None:
    """Refuse what the run's own table does not lead to from the run before: another hand has changed rows."""
    told = chapter.told
    spoke = {row["evidence"] for row in chapter.evidence}
    try:
        line = choose_transition(told["previous_class"] or "normal", spoke | {told["evidence"]}, chapter.table)
    except ValueError as wrong:
        raise PublicationError(f"the class of {customer_id} in run {chapter.run_id} has no ground: {wrong}") from wrong
    floor = find_floor(spoke, chapter.table)
    expected = (line.to_class, line.evidence, floor)
    follows = chapter.is_first or told["previous_class"] == chapter.before
    if not follows or expected != (told["machine_class"], told["evidence"], told["floor_class"]):
        raise PublicationError(
            f"the class of {customer_id} in run {chapter.run_id} does not follow: from {told['previous_class']} "
            f"(the run before says {chapter.before}) by {sorted(spoke)} the table leads to {line.to_class} with floor "
            f"{floor}, and {told['machine_class']} by {told['evidence']} with floor {told['floor_class']} is told. "
            f"Score, rules and publish as of {told['as_of']} again."
        )


def describe_chapter(chapter: Chapter, language: str) -> Iterator[str]:
    """Yield the lines of one run: the step first, then evidence, counts, and what is not known."""
    told, words = chapter.told, _WORDS[language]
    start, to, why = told["previous_class"], words[told["machine_class"]], told[f"why_{language}"]
    kind = "first" if start is None else "stays" if start == told["machine_class"] else "moves"
    yield words[kind].format(start=words.get(start or "", ""), to=to, why=why, periods=told["periods_in_class"])
    for row in chapter.evidence:
        yield f"- {row[f'why_{language}']}{_tell_measure(row, words)}{words['floor'] if row['is_floor'] else ''}"
    if told["clean_periods"]:
        yield words["clean"].format(**told)
    if told["unimproved_periods"]:
        yield words["unimproved"].format(**told)
    if told["is_exit_proposed"]:
        yield words["proposed"]
    if told["override_class"]:
        yield words["override"].format(to=words[told["relationship_class"]], **told)
    if told["unknown"]:
        unknown = [words.get(name, name) for name in told["unknown"].split(",")]
        yield words["unknown"].format(unknown=words["and"].join(unknown))


def _tell_measure(row: dict[str, Any], words: dict[str, str]) -> str:
    is_measured = row["value"] is not None and row["edge"] is not None
    return words["measure"].format(value=row["value"], edge=row["edge"]) if is_measured else ""
