"""A SELECT as a tree, by DuckDB's own parser: what it reads, what its casts would lose, what its window leaves out."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from copy import deepcopy
from typing import Any

import duckdb

Tree = dict[str, Any]

_LOSING = {"DATE", "DECIMAL", "NUMERIC", "INTEGER", "BIGINT", "SMALLINT", "TINYINT", "INT", "INT4", "INT8"}
_ZONED = "TIMESTAMP WITH TIME ZONE"


def parse_select(connection: duckdb.DuckDBPyConnection, statement: str) -> Tree | None:
    """Return the tree of one SELECT; None for what DuckDB cannot parse or write as a tree."""
    rows = connection.execute("select json_serialize_sql(?)", [statement]).fetchall()
    tree: Tree = json.loads(rows[0][0])
    return None if tree["error"] or len(tree["statements"]) != 1 else tree


def write_select(connection: duckdb.DuckDBPyConnection, tree: Tree) -> str:
    """Return the tree as SQL text again."""
    rows = connection.execute("select json_deserialize_sql(cast(? as json))", [json.dumps(tree)]).fetchall()
    return str(rows[0][0])


def list_tables(tree: Tree) -> set[str]:
    """Return the names after FROM, those of common table expressions too."""
    return {node["table_name"] for node in _walk(tree) if node.get("type") == "BASE_TABLE"}


def find_zoned_day(tree: Tree, zoned: Mapping[str, str]) -> str:
    """Return the first column of `zoned` (column to table) that is cast to a day without a zone's name; '' if none."""
    for node in _walk(tree):
        if _is_cast(node, {"DATE", "TIMESTAMP", "DATETIME"}):
            inner = list(_walk(node["child"]))
            if not any(one.get("function_name") == "timezone" for one in inner):
                names = [one["column_names"][-1] for one in inner if one.get("type") == "COLUMN_REF"]
                if found := next((name for name in names if name.lower() in zoned), ""):
                    return f"{zoned[found.lower()]}.{found}"
    return ""


def keep_lost(connection: duckdb.DuckDBPyConnection, tree: Tree, exact: Collection[str]) -> Tree:
    """Return the SELECT with casts of its columns `exact` done so that nothing is lost before the contract sees it.

    DuckDB rounds '10.505' cast to numeric(18, 2), and drops the time of day of what is cast to a date. Here text
    becomes a decimal of ten digits or a timestamp, and what has digits or a time of day stays as it is.
    """
    kept = deepcopy(tree)
    items = _select_list(kept)
    casts = [place for place, item in enumerate(items) if item["alias"] in exact and _is_cast(item, _LOSING)]
    if not casts:
        return tree
    bare = deepcopy(kept)
    for place in casts:
        _select_list(bare)[place] = {**items[place]["child"], "alias": items[place]["alias"]}
    types = [str(one) for one in connection.sql(write_select(connection, bare)).types]
    if len(types) != len(items):  # a star in the list: places are not those of the items
        return tree
    for place in casts:
        items[place] = _keep_item(items[place], types[place])
    return kept


def drop_window(tree: Tree, days: tuple[str, str]) -> Tree:
    """Return the SELECT without those conditions of any WHERE that compare with one of `days`."""
    whole = deepcopy(tree)
    for node in _walk(whole):
        if node.get("where_clause"):
            node["where_clause"] = _without(node["where_clause"], days)
    return whole


def _select_list(tree: Tree) -> list[Tree]:
    node = tree["statements"][0]["node"]
    return node["select_list"] if node["type"] == "SELECT_NODE" else []


def _keep_item(item: Tree, given: str) -> Tree:
    bare = {**item["child"], "alias": item["alias"]}
    if _is_cast(item, {"DATE"}):
        if given in ("VARCHAR", _ZONED):  # the zone is that of the session
            return {**item, "type_expr": _type("TIMESTAMP")}
        return bare if given.startswith("TIMESTAMP") else item
    if given in ("DOUBLE", "FLOAT") or given.startswith("DECIMAL"):
        return bare
    return {**item, "type_expr": _type("DECIMAL", 38, 10)} if given == "VARCHAR" else item


def _type(name: str, *sizes: int) -> Tree:
    common = {"alias": "", "query_location": 0, "query_location_length": 0}
    children = [
        {"class": "CONSTANT", "type": "VALUE_CONSTANT", **common, "literal": {"kind": "INTEGER", "text": str(size)}}
        for size in sizes
    ]
    named = {"catalog": "", "schema": "", "type_name": name, "qualified_name": {"path": [name]}}
    return {"class": "TYPE", "type": "TYPE", **common, **named, "children": children}


def _is_cast(node: Tree, types: set[str]) -> bool:
    is_cast = node.get("type") == "OPERATOR_CAST" and not node["try_cast"]
    return is_cast and node["type_expr"].get("type_name", "").upper() in types


def _without(condition: Tree, days: tuple[str, str]) -> Tree | None:
    if condition["type"] == "CONJUNCTION_AND":
        left = [kept for one in condition["children"] if (kept := _without(one, days))]
        return {**condition, "children": left} if len(left) > 1 else (left[0] if left else None)
    if condition["class"] in ("COMPARISON", "BETWEEN"):
        texts = [one["literal"].get("text") for one in _walk(condition) if one.get("type") == "VALUE_CONSTANT"]
        if any(text in days for text in texts):
            return None
    return condition


def _walk(node: Any) -> Iterator[Tree]:
    if isinstance(node, dict):
        yield node
        for child in node.values():
            yield from _walk(child)
    elif isinstance(node, list):
        for child in node:
            yield from _walk(child)
