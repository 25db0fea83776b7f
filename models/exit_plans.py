"""Plans a class asks for: help first, then what secures the bank's claim, then, once approved, the way out."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PlanStep:
    """One step: `days` after the class was entered it is due, `owner_role` does it, `is_help` is it for the customer.

    [loans] (CNY), [days] (past due) and [score] (per cent) stand for the customer's numbers.
    """

    plan: str
    place: int
    days: int
    owner_role: str
    is_help: bool
    text_en: str
    text_zh: str


# A plan is named by the class it belongs to; exit_proposed is what a person has to decide.
PLAN_STEPS = (
    PlanStep(
        *("watch", 1, 20, "manager", True),
        "Visit, and find what weighs on it: owes [loans], [days] days late, distress [score] %.",
        "上门走访，查明原因：贷款余额[loans]元，逾期[days]天，困境概率[score]%。",
    ),
    PlanStep(
        *("watch", 2, 45, "manager", True),
        "Agree on help that fits: longer terms, another repayment plan, an introduction to buyers.",
        "商定帮扶措施：展期、调整还款计划、介绍客源。",
    ),
    PlanStep(
        *("watch", 3, 90, "manager", True),
        "See whether the help works, and write down what changed.",
        "评估帮扶成效并记录。",
    ),
    PlanStep(
        *("doubtful", 1, 10, "manager", True),
        "Sit down with the owners over [loans] of loans, [days] days late: what would bring it back?",
        "与企业负责人面谈：贷款余额[loans]元，逾期[days]天，商议脱困方案。",
    ),
    PlanStep(
        *("doubtful", 2, 20, "branch", True),
        "Decide on restructuring while there is a business to save.",
        "在仍有经营基础时决定是否重组贷款。",
    ),
    PlanStep(
        *("doubtful", 3, 30, "branch", False),
        "Value the collateral anew, take more of it, and grant no new money without approval.",
        "重估并补充抵押担保，未经批准不得新增授信。",
    ),
    PlanStep(
        *("doubtful", 4, 60, "branch", False),
        "Prepare the exit: order of payments, guarantors, other banks.",
        "制定退出预案：偿还顺序、担保人、他行情况。",
    ),
    PlanStep(
        *("exit_proposed", 1, 10, "branch", False),
        "Decide on the exit that is proposed, or say what speaks against it.",
        "审批拟议的退出，或说明不予退出的理由。",
    ),
    PlanStep(
        *("exit", 1, 10, "branch", True),
        "Tell the customer, and offer an orderly repayment of [loans].",
        "告知客户，并提供有序偿还[loans]元的安排。",
    ),
    PlanStep(
        *("exit", 2, 30, "branch", False),
        "Cancel undrawn limits; call guarantees; realise collateral by agreement where possible.",
        "取消未用额度，追索担保，尽可能协议处置抵押物。",
    ),
    PlanStep(
        *("exit", 3, 90, "head_office", False),
        "Go to court or sell the claim; propose a write-off of what is lost, and tell the blacklist's owner.",
        "诉讼或转让债权，损失部分申请核销，并通报黑名单管理人。",
    ),
)
