"""The class of a customer (正常, 关注, 可疑, 退出): one table of transitions, and the machine that walks it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

CLASSES = ("normal", "watch", "doubtful", "exit")
_LETTERS = {"N": "normal", "W": "watch", "D": "doubtful", "X": "exit"}
NOTHING = "none"


@dataclass(frozen=True)
class Evidence:
    """What may speak of a customer, and the class that it leads to from each: `goes` has a letter a class, - for never.

    A floor is what regulation or the bank's own books say: no score, time or person lifts a class above it.
    """

    name: str
    goes: str
    why_en: str
    why_zh: str
    is_floor: bool = False


@dataclass(frozen=True)
class Transition:
    """One line of the table; `place` orders evidence of equal weight, 1 is told first."""

    from_class: str
    evidence: str
    to_class: str
    place: int
    is_floor: bool
    why_en: str
    why_zh: str


Table = Mapping[tuple[str, str], Transition]

# From normal, watch, doubtful, exit. China's rules of loan classes: overdue is at least special mention, over 90 days
# at least substandard (商业银行金融资产风险分类办法, 2023), which is doubtful here.
EVIDENCE = (
    Evidence("exit_approved", "--X-", "a named person has approved the exit", "退出已由具名审批人批准"),
    Evidence("default_event", "DDDX", "default or insolvency within twelve months", "近十二个月违约或破产", True),
    Evidence("overdue_90", "DDDX", "payments over 90 days late", "逾期超过90天", True),
    Evidence("grade_bad", "DDDX", "loans graded substandard or worse", "贷款分类为次级及以下", True),
    Evidence("written_off", "DDDX", "loans written off within twelve months", "近十二个月有贷款核销", True),
    Evidence("blacklisted", "DDDX", "on a blacklist", "列入黑名单", True),
    Evidence("score_very_high", "DDDX", "distress is more likely than the edge of doubtful", "困境概率高于可疑阈值"),
    Evidence("not_improved", "-D--", "on watch for long without improvement", "关注期满仍未改善"),
    Evidence("overdue", "WWDX", "payments are late", "存在逾期", True),
    Evidence("grade_mention", "WWDX", "loans graded special mention", "贷款分类为关注", True),
    Evidence("in_distress", "WWDX", "shows already what the model foresees", "已出现模型所预测的困境"),
    Evidence("score_high", "WWDX", "distress is more likely than the edge of watch", "困境概率高于关注阈值"),
    Evidence("score_rising", "WWDX", "distress grows more likely fast", "困境概率快速上升"),
    Evidence("over_limit", "WWDX", "owes more than its limit or its group's", "授信超过本户或集团限额"),
    Evidence("industry_declining", "WWDX", "fades in an industry that declines", "所在行业下滑且自身走弱"),
    Evidence("group_member_worse", "WWDX", "a connected firm is doubtful or worse", "关联企业处于可疑或退出"),
    Evidence("exit_lifted", "---D", "a named person has taken the exit back", "退出已由具名审批人撤销"),
    Evidence("recovered", "-NW-", "clean for long enough, with positive evidence", "连续改善并有正面证据"),
    Evidence(NOTHING, "NWDX", "nothing asks for another class", "无需调整分类"),
)


def list_transitions(evidence: Collection[Evidence] = EVIDENCE) -> tuple[Transition, ...]:
    """Return the table: a line for each class and each evidence that may be met in it."""
    return tuple(
        Transition(start, one.name, _LETTERS[letter], place, one.is_floor, one.why_en, one.why_zh)
        for place, one in enumerate(evidence, start=1)
        for start, letter in zip(CLASSES, one.goes, strict=True)
        if letter != "-"
    )


def look_up(lines: Iterable[Transition]) -> Table:
    """Return the lines by the class and the evidence that they are met with."""
    return {(one.from_class, one.evidence): one for one in lines}


TRANSITIONS: Table = look_up(list_transitions())


def choose_transition(from_class: str, evidence: Collection[str], table: Table = TRANSITIONS) -> Transition:
    """Return the line that decides: the worst class asked for, else a step up, else what holds it there.

    `evidence` names all that holds; ValueError when some of it can not be met in that class. No line leads above the
    floor; `table` is another than today's where a past run was judged by it.
    """
    lines = []
    for name in {*evidence, NOTHING}:
        if (from_class, name) not in table:
            raise ValueError(f"the table of classes has no line for {name!r} from {from_class!r}; correct the evidence")
        lines.append(table[from_class, name])
    floor = CLASSES.index(find_floor(evidence, table))
    return min((line for line in lines if CLASSES.index(line.to_class) >= floor), key=_order)


def find_floor(evidence: Collection[str], table: Table = TRANSITIONS) -> str:
    """Return the best class that the floors among `evidence` leave open."""
    lines = [table[CLASSES[0], name] for name in evidence if (CLASSES[0], name) in table]
    return max((line.to_class for line in lines if line.is_floor), key=CLASSES.index, default=CLASSES[0])


def _order(line: Transition) -> tuple[int, int]:
    step = CLASSES.index(line.to_class) - CLASSES.index(line.from_class)
    return (-step if step > 0 else 1 if step < 0 else 2), line.place
