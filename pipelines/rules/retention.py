"""Pruning: rows that rules made for as_ofs of long ago go; what must be kept for ever is not named here."""

from __future__ import annotations

import logging
from datetime import date

from pipelines.rules.apply import JOURNAL, RULES
from pipelines.warehouse import Warehouse

# Only these are pruned: their rows say how things stood, and rules make the same ones again. A history that later runs
# or a reviewer read back (classes, their evidence, alerts, decisions of people) is kept by not being named.
PRUNED = frozenset(
    {
        "care_lists",
        "class_measures",
        "connected_groups",
        "contact_conflicts",
        "contributions",
        "credit_facts",
        "customer_cards",
        "dependence",
        "deposit_rates",
        "embedding",
        "exit_plans",
        "feed_freshness",
        "group_coverage",
        "group_members",
        "key_accounts",
        "lifecycle",
        "limits",
        "manager_dependence",
        "manager_grades",
        "manager_outcomes",
        "manager_skills",
        "marketing_consents",
        "ownership",
        "pareto",
        "plan_gaps",
        "plan_templates",
        "product_positions",
        "profile_completeness",
        "reconciliation",
        "risk_adjusted_contributions",
        "segment_centres",
        "segment_measures",
        "segments",
        "stage_migrations",
        "team_skills",
        "tier_attrition",
        "tiers",
        "write_offs",
    }
)
logger = logging.getLogger(__name__)


def prune_rule_rows(warehouse: Warehouse, as_of: date, as_ofs_kept: int) -> int:
    """Drop the rows of PRUNED rules of as_ofs before the last `as_ofs_kept` published ones; return how many tables.

    0 keeps all. The as_of that is published now stays, however old it is. The journal of a run forgets the rules whose
    rows are gone, so that nobody takes their views for empty ones.
    """
    if not as_ofs_kept:
        return 0
    tables = {rule.name: rule.table for rule in RULES if rule.name in PRUNED}
    old = warehouse.read("ledger/rules_of_old_runs", as_of=as_of, as_ofs_kept=as_ofs_kept).to_pylist()
    gone = [row for row in old if row["rule"] in tables]
    for row in gone:
        warehouse.replace(tables[row["rule"]], [], {"run_id": row["run_id"]})
        warehouse.replace(JOURNAL, [], {"run_id": row["run_id"], "rule": row["rule"]})
    if gone:
        runs = len({row["run_id"] for row in gone})
        logger.info("publish: pruned the rows of %d rules of %d runs, of before the last as_ofs", len(gone), runs)
    return len(gone)
