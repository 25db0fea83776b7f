"""A SELECT as a tree, by DuckDB's own parser: what it reads, what its casts would lose, what its window leaves out."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from copy import deepcopy
from typing import Any

import duckdb

Tree = dict[str, Any]

_LOSING = {"DATE", "DECIMAL", "NUMERIC", "INTEGER", "BIGINT", "SMALLINT", "TINYINT", "INT", "INT4", "INT8"}
_READ_DAYS = {"date_trunc", "datetrunc", "strftime", "date_part", "datepart", "year", "month", "day", "last_day"}
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
    """Return the first column of `zoned` (column to table) of which a day is read without a zone's name; '' if none."""
    for node in _walk(tree):
        if _is_cast(node, {"DATE", "TIMESTAMP", "DATETIME"}) or node.get("function_name") in _READ_DAYS:
            inner = list(_walk(node))
            if not any(one.get("function_name") == "timezone" for one in inner):
                names = [one["column_names"][-1] for one in inner if one.get("type") == "COLUMN_REF"]
                if found := next((name for name in names if name.lower() in zoned), ""):
                    return f"{zoned[found.lower()]}.{found}"
    return ""


def keep_lost(connection: duckdb.DuckDBPyConnection, tree: Tree, exact: Collection[str]) -> tuple[Tree, set[str]]:
    """Return the SELECT with casts of its columns `exact` done so that nothing is lost, and the columns cast to days.

    DuckDB rounds '10.505' cast to numeric(18, 2), and drops the time of day of what is cast to a date. Here text
    becomes a decimal of ten digits or a timestamp, and what has digits or a time of day stays as it is. Casts are found
    in the outermost SELECT and the branches of its UNION: there below a minus, coalesce and case too.
    """
    kept = deepcopy(tree)
    root = kept["statements"][0]["node"]
    leaves, days = list(_list_leaves(root)), set[str]()
    names = [item["alias"] or item.get("column_names", [""])[-1] for item in leaves[0]["select_list"]]
    for leaf in leaves:
        items = leaf["select_list"]
        if len(items) == len(names) and not any(item["type"] == "STAR" for item in items):
            wanted = [(name, item) for name, item in zip(names, items, strict=True) if name in exact]
            casts = [(name, cast) for name, item in wanted for cast in _find_casts(item)]
            days.update(name for name, cast in casts if _is_cast(cast, {"DATE"}))
            given = _read_types(connection, root, leaf, [cast for _, cast in casts])
            for (_, cast), kind in zip(casts, given, strict=True):
                cast.update(_keep_cast(cast, kind))
    return kept, days


def _list_leaves(node: Tree) -> Iterator[Tree]:
    if node["type"] == "SELECT_NODE":
        yield node
    for child in node.get("children", []) if node["type"] == "SET_OPERATION_NODE" else []:
        yield from _list_leaves(child)


def _find_casts(item: Tree) -> Iterator[Tree]:
    """Yield the casts whose value is that of the item, or its negative."""
    inner: list[Tree] = []
    if _is_cast(item, _LOSING):
        yield item
    elif item["type"] == "OPERATOR_COALESCE":
        inner = item["children"]
    elif item["type"] == "CASE_EXPR":
        inner = [*(check["then_expr"] for check in item["case_checks"]), item["else_expr"]]
    elif item.get("function_name") == "-" and len(item["arguments"]) == 1:
        inner = [item["arguments"][0]["expression"]]
    for one in inner:
        yield from _find_casts(one)


def _read_types(connection: duckdb.DuckDBPyConnection, root: Tree, leaf: Tree, casts: Collection[Tree]) -> list[str]:
    """Return the types of what is cast, as DuckDB binds them."""
    if not casts:
        return []
    bare = deepcopy(leaf)
    bare["select_list"] = [{**deepcopy(cast["child"]), "alias": f"c{place}"} for place, cast in enumerate(casts)]
    if root is not leaf:
        bare["cte_map"]["map"] = root["cte_map"]["map"] + bare["cte_map"]["map"]
    statement = {"error": False, "statements": [{"node": bare}]}
    return [str(one) for one in connection.sql(write_select(connection, statement)).types]


def _keep_cast(cast: Tree, given: str) -> Tree:
    """Return the keys of a cast's tree to change; `given` is the type of what is cast."""
    is_day = _is_cast(cast, {"DATE"})
    if is_day and given in ("VARCHAR", _ZONED):  # the zone is that of the session
        return {"type_expr": _type("TIMESTAMP")}
    if not is_day and given == "VARCHAR":
        return {"type_expr": _type("DECIMAL", 38, 10)}
    if given.startswith("TIMESTAMP") if is_day else given in ("DOUBLE", "FLOAT"):
        return {"type_expr": _type(given)}
    if not is_day and given.startswith("DECIMAL"):
        sizes = given.removeprefix("DECIMAL(").removesuffix(")").split(",")
        return {"type_expr": _type("DECIMAL", *map(int, sizes))}
    return {}


def drop_window(tree: Tree, days: tuple[str, str]) -> Tree:
    """Return the SELECT without those conditions of any WHERE that compare with one of `days`."""
    whole = deepcopy(tree)
    for node in _walk(whole):
        if node.get("where_clause"):
            node["where_clause"] = _without(node["where_clause"], days)
    return whole


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
