"""Plans a class asks for: help first, then what secures the bank's claim, then, once approved, the way out."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PlanStep:
    """One step: `days` after the class was entered it is due, `owner_role` does it, `is_help` is it for the customer.

    A clause <fact|words> stands where the fact holds of the customer: loans (owes some), days (late), score (has one),
    debt (not told to owe nothing), person, firm. [loans] (CNY), [days] (past due) and [score] (per cent) are its
    numbers, each within the clause of its name. sql/rules/early_warning/exit_plans.sql fills them and leaves the
    other clauses out.
    """

    plan: str
    place: int
    days: int
    owner_role: str
    is_help: bool
    text_en: str
    text_zh: str


# A plan is named by the class it belongs to; exit_proposed is what a person has to decide. Who is doubtful and owes
# nothing has listed where it is on a blacklist, else nothing_owed: there is nothing to restructure or to secure.
PLAN_STEPS = (
    PlanStep(
        *("watch", 1, 20, "manager", True),
        "Visit, and find what weighs on the customer"
        "<loans|; owed: CNY [loans]><days|; days late: [days]><score|; probability of distress: [score] %>.",
        "上门走访，查明原因<loans|；贷款余额[loans]元><days|；逾期[days]天><score|；困境概率[score]%>。",
    ),
    PlanStep(
        *("watch", 2, 45, "manager", True),
        "Agree on help that fits"
        "<debt|; for the debt: longer terms, another repayment plan><firm|; for sales: an introduction to buyers>.",
        "商定帮扶措施<debt|；贷款：展期、调整还款计划><firm|；销售：介绍客源>。",
    ),
    PlanStep(
        *("watch", 3, 90, "manager", True),
        "See whether the help works, and write down what changed.",
        "评估帮扶成效并记录。",
    ),
    PlanStep(
        *("doubtful", 1, 10, "manager", True),
        "Sit down with the <firm|owners><person|customer> and ask what would put things right"
        "<loans|; owed: CNY [loans]><days|; days late: [days]>.",
        "与<firm|企业负责人><person|客户本人>面谈，商议脱困方案<loans|；贷款余额[loans]元><days|；逾期[days]天>。",
    ),
    PlanStep(
        *("doubtful", 2, 20, "branch", True),
        "Decide on restructuring while there is <firm|a business><person|an income> to save.",
        "在仍有<firm|经营基础><person|收入来源>时决定是否重组贷款。",
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
        *("nothing_owed", 1, 10, "manager", True),
        "Talk with the <firm|owners><person|customer> about what led here, and agree on what is still owed "
        "from a default or a write-off, if there was one.",
        "与<firm|企业负责人><person|客户本人>面谈，了解成因；如有违约或核销，商定尚欠金额及清偿办法。",
    ),
    PlanStep(
        *("nothing_owed", 2, 20, "branch", False),
        "Take no new exposure without approval, and cancel undrawn limits.",
        "未经批准不得新增授信，取消未用额度。",
    ),
    PlanStep(
        *("listed", 1, 10, "manager", True),
        "Confirm the entry on the blacklist with who listed the customer, and hear the customer's side.",
        "向列入方核实黑名单记录，并听取客户说明。",
    ),
    PlanStep(
        *("listed", 2, 20, "branch", False),
        "Do no new business while the entry stands, and cancel undrawn limits.",
        "在列期间不办理新业务，取消未用额度。",
    ),
    PlanStep(
        *("exit_proposed", 1, 10, "branch", False),
        "Decide on the exit that is proposed, or say what speaks against it.",
        "审批拟议的退出，或说明不予退出的理由。",
    ),
    PlanStep(
        *("exit", 1, 10, "branch", True),
        "Tell the customer<debt|, and offer an orderly repayment><loans| of CNY [loans]>.",
        "告知客户<debt|，并提供有序偿还><loans|[loans]元><debt|的安排>。",
    ),
    PlanStep(
        *("exit", 2, 30, "branch", False),
        "Cancel undrawn limits<debt|; call guarantees; realise collateral by agreement where possible>.",
        "取消未用额度<debt|，追索担保，尽可能协议处置抵押物>。",
    ),
    PlanStep(
        *("exit", 3, 90, "head_office", False),
        "Tell the blacklist's owner<debt|; go to court or sell the claim, and propose a write-off of what is lost>.",
        "通报黑名单管理人<debt|；诉讼或转让债权，损失部分申请核销>。",
    ),
)
