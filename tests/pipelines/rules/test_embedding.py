"""One more kind of product never lowers the embedding index, whatever a customer has already."""

from dataclasses import asdict
from datetime import date
from itertools import combinations

import pyarrow as pa

from pipelines.rules.families.relationship import EmbeddingParameters
from pipelines.warehouse import Warehouse
from tests.pipelines.rows import write_rows

AS_OF = date(2026, 10, 1)
KINDS = ("deposit", "loan", "overdraft", "card", "wealth", "fund", "insurance", "service")
SETS = [frozenset(chosen) for size in range(len(KINDS) + 1) for chosen in combinations(KINDS, size)]


def test_one_kind_more_never_lowers_the_index(warehouse: Warehouse) -> None:
    names = {chosen: "+".join(sorted(chosen)) or "nothing" for chosen in SETS}
    customers = [{"customer_id": name, "kind": "company", "relation": "customer"} for name in names.values()]
    write_rows(warehouse, "landing.customers", customers, known_on=date(2026, 1, 1))
    write_rows(
        warehouse, "landing.products", [{"product_id": kind, "kind": kind} for kind in KINDS], known_on=date(2026, 1, 1)
    )
    write_rows(warehouse, "landing.accounts", [{"account_id": "1", "customer_id": "x"}], known_on=date(2026, 1, 1))
    held = [{"customer_id": name, "product_id": kind} for chosen, name in names.items() for kind in chosen]
    position = {"run_id": "r", "as_of": AS_OF, "contract_count": 1, "amount": 0, "rule_version": "v"}
    write_rows(warehouse, "crm.product_positions_v1", [one | position for one in held])
    index = read_index(warehouse)
    for chosen, name in names.items():
        for kind in set(KINDS) - chosen:
            assert index[names[chosen | {kind}]] > index[name], (name, kind)
    assert (index["nothing"], index[names[frozenset(KINDS)]]) == (0, 1)


def read_index(warehouse: Warehouse) -> dict[str, float]:
    binds = {"as_of": AS_OF, "run_id": "r", "rule_version": "v", **asdict(EmbeddingParameters())}
    rows: pa.Table = warehouse.read("rules/relationship/embedding", **binds)
    return {row["customer_id"]: row["embedding_index"] for row in rows.to_pylist()}
