"""Pruning: rows that rules made for as_ofs of long ago go; what must be kept for ever is not named here."""

from __future__ import annotations

import logging
from datetime import date

from pipelines.rules.apply import JOURNAL
from pipelines.rules.catalog import list_rules
from pipelines.warehouse import Warehouse

logger = logging.getLogger(__name__)


def prune_rule_rows(warehouse: Warehouse, as_of: date, as_ofs_kept: int) -> int:
    """Drop rows of pruned rules of as_ofs before the last `as_ofs_kept` published ones; return how many tables.

    0 keeps all. The as_of that is published now stays, however old it is. The journal of a run forgets the rules whose
    rows are gone, so that nobody takes their views for empty ones.
    """
    if not as_ofs_kept:
        return 0
    tables = {rule.name: rule.table for rule in list_rules() if rule.is_pruned}
    old = warehouse.read("ledger/rules_of_old_runs", as_of=as_of, as_ofs_kept=as_ofs_kept).to_pylist()
    gone = [row for row in old if row["rule"] in tables]
    for row in gone:
        warehouse.replace(tables[row["rule"]], [], {"run_id": row["run_id"]})
        warehouse.replace(JOURNAL, [], {"run_id": row["run_id"], "rule": row["rule"]})
    if gone:
        runs = len({row["run_id"] for row in gone})
        logger.info("publish: pruned the rows of %d rules of %d runs, of before the last as_ofs", len(gone), runs)
    return len(gone)
