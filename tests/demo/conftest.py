"""One bank for the tests of its landing tables, written once a session."""

from __future__ import annotations

import pytest

from demo.bank import write_bank
from tests.demo.bank_tables import BankTables


@pytest.fixture(scope="session")
def bank_tables(tmp_path_factory: pytest.TempPathFactory) -> BankTables:
    folder = tmp_path_factory.mktemp("bank")
    write_bank(folder, customers=3000, months=24, seed=11)
    return BankTables(folder)
