"""A SELECT as a tree, by DuckDB's own parser: what it reads."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import duckdb

Tree = dict[str, Any]


def parse_select(connection: duckdb.DuckDBPyConnection, statement: str) -> Tree | None:
    """Return the tree of one SELECT; None for what DuckDB cannot parse or write as a tree."""
    rows = connection.execute("select json_serialize_sql(?)", [statement]).fetchall()
    tree: Tree = json.loads(rows[0][0])
    return None if tree["error"] or len(tree["statements"]) != 1 else tree


def list_tables(tree: Tree) -> set[str]:
    """Return the names after FROM, those of common table expressions too."""
    return {node["table_name"] for node in _walk(tree) if node.get("type") == "BASE_TABLE"}


def _walk(node: Any) -> Iterator[Tree]:
    if isinstance(node, dict):
        yield node
        for child in node.values():
            yield from _walk(child)
    elif isinstance(node, list):
        for child in node:
            yield from _walk(child)
