"""Blacklist, consents, guarantees, other banks' loans, the ledger: they agree with the tables they follow from."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq

from demo.bank import BATCH, write_bank
from tests.demo.bank_tables import BankTables


def test_the_ledger_is_the_sum_of_the_loans_by_branch_to_the_cent(bank_tables: BankTables) -> None:
    home = (
        "(select distinct on (customer_id) customer_id, branch_id from customers order by customer_id, known_on desc)"
    )
    loans = f"""
        select c.branch_id, m.month, sum(m.written_off_amount) as lost
        from last_loan_months as m join {home} as c using (customer_id) group by 1, 2"""
    both = f"from ledger_write_offs as l left join ({loans}) as s using (branch_id, month)"
    assert bank_tables.number(f"select count(*) {both} where l.written_off_amount > 0") > 20
    assert bank_tables.number(f"select count(*) {both} where l.written_off_amount <> coalesce(s.lost, 0)") == 0
    missing = f"select count(*) from ({loans}) as s anti join ledger_write_offs as l using (branch_id, month)"
    told = "(select max(month) from ledger_write_offs)"
    assert bank_tables.number(f"{missing} where s.lost > 0 and s.month <= {told}") == 0


def test_the_ledger_speaks_when_every_loan_has(bank_tables: BankTables) -> None:
    late = "from ledger_write_offs as l join loan_months as m using (month) where m.written_off_amount > 0"
    by_then = f"select count(*) {late} and m.known_on >= l.known_on and m.known_on < m.month + interval 2 month"
    assert bank_tables.number(by_then) == 0


def test_the_ledger_of_several_batches_is_one(tmp_path: Path) -> None:
    write_bank(tmp_path, customers=BATCH + 500, months=8, seed=5, tables=["ledger_write_offs"])
    ledger = pq.read_table(tmp_path / "ledger_write_offs.parquet")
    keys = list(zip(ledger["branch_id"].to_pylist(), ledger["month"].to_pylist(), strict=True))
    assert len(keys) == len(set(keys)) > 0


def test_nobody_is_listed_before_the_bank_could_know_why(bank_tables: BankTables) -> None:
    why = "left join events as e on e.customer_id = b.customer_id and e.kind = b.reason and e.known_on < b.listed_on"
    early = (
        f"select count(*) from blacklist as b {why} where b.reason in ('default', 'insolvency') and e.event_id is null"
    )
    assert bank_tables.number(early) == 0
    assert bank_tables.number("select count(*) from blacklist where reason = 'default'") > 20


def test_most_who_failed_are_on_no_list_and_some_who_did_not_are(bank_tables: BankTables) -> None:
    failed = "(select distinct customer_id from events where kind in ('default', 'insolvency'))"
    listed = "(select distinct customer_id from blacklist)"
    caught = bank_tables.number(
        f"select avg((l.customer_id is not null)::int) from {failed} as f left join {listed} as l using (customer_id)"
    )
    assert 0.2 < caught < 0.5
    assert bank_tables.number(f"select count(*) from {listed} as l anti join {failed} as f using (customer_id)") > 5


def test_a_lifting_is_a_later_row_of_the_same_entry(bank_tables: BankTables) -> None:
    pairs = (
        "from blacklist as a join blacklist as b using (entry_id) where a.lifted_on is null and b.lifted_on is not null"
    )
    assert bank_tables.number(f"select count(*) {pairs}") > 5
    wrong = "a.known_on >= b.known_on or a.customer_id <> b.customer_id or a.listed_on <> b.listed_on"
    assert bank_tables.number(f"select count(*) {pairs} and ({wrong})") == 0


def test_nearly_all_persons_consent_and_most_firms_say_nothing(bank_tables: BankTables) -> None:
    here = "(select distinct on (customer_id) customer_id, kind from customers where relation = 'customer')"
    rows = bank_tables.ask(f"""
        select k.kind, avg((s.customer_id is null)::int), avg(coalesce((not s.has_marketing_consent)::int, 0))
        from {here} as k left join last_consents as s using (customer_id) group by 1 order by 1""")
    ((company, unstated, refused), (person, silent, against)) = rows
    assert (company, person) == ("company", "person")
    assert 0.8 < unstated < 0.95
    assert 0 < refused < 0.01
    assert 0 < silent + against < 0.06


def test_who_takes_consent_back_or_asks_for_erasure_says_so_in_a_later_row(bank_tables: BankTables) -> None:
    pairs = "from consents as a join consents as b using (customer_id) where a.known_on < b.known_on"
    assert (
        bank_tables.number(f"select count(*) {pairs} and a.has_marketing_consent and not b.has_marketing_consent") > 0
    )
    wrong = "b.stated_on <= a.stated_on or a.erasure_requested_on is not null or b.has_marketing_consent"
    assert bank_tables.number(f"select count(*) {pairs} and ({wrong})") == 0
    asked = "select count(*) from consents where erasure_requested_on is not null"
    assert bank_tables.number(asked) > 0
    assert (
        bank_tables.number(f"{asked} and (erasure_requested_on <> stated_on or has_marketing_consent is not null)") == 0
    )


def test_guarantees_are_for_a_loan_and_by_somebody_else(bank_tables: BankTables) -> None:
    same = "l.customer_id = g.customer_id and l.granted_on = g.granted_on and l.matures_on = g.ends_on"
    loan = f"left join loans as l on {same}"
    assert bank_tables.number(f"select count(*) from guarantees as g {loan} where l.loan_id is null") == 0
    assert bank_tables.number("select count(*) from guarantees where guarantor_id = customer_id") == 0
    unknown = "select count(*) from guarantees as g anti join customers as c on c.customer_id = g.guarantor_id"
    assert bank_tables.number(unknown) == 0


def test_some_guarantees_go_round_in_rings(bank_tables: BankTables) -> None:
    rings = bank_tables.number("""
        with recursive pairs as (select distinct guarantor_id, customer_id from guarantees),
        walk as (
            select guarantor_id as start, customer_id as here, 1 as steps from pairs
            union all
            select w.start, p.customer_id, w.steps + 1 from walk as w join pairs as p on p.guarantor_id = w.here
            where w.steps < 6 and w.here <> w.start)
        select count(distinct start) from walk where here = start and steps >= 3""")
    assert rings > 20


def test_other_banks_lend_to_borrowing_firms(bank_tables: BankTables) -> None:
    stray = "from outside_exposures as o anti join loans as l using (customer_id)"
    assert bank_tables.number(f"select count(distinct customer_id) {stray}") < 10  # too small for a loan, or just come
    shares = bank_tables.ask(
        "select min(bank_count), max(bank_count) >= 5, min(exposure_amount) > 0 from outside_exposures"
    )
    assert shares == [(1, True, True)]
