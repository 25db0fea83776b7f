"""The landing tables: keys, times and sums hold, and what one table says agrees with what another does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from demo.bank import BATCH, END, LEDGER, REGISTERS, draw_bank, draw_tables, write_bank
from demo.batch import TABLES
from demo.costs import PROVISION, TRANSFER_RATE
from demo.files import write_files
from tests.demo.bank_tables import HAPPENED, KEYS, BankTables

OF_CUSTOMERS = sorted(set(TABLES) - {"customers"})


def read_bytes(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.parquet")}


def test_every_table_is_there_and_has_rows(bank_tables: BankTables) -> None:
    assert bank_tables.names == sorted({*TABLES, *REGISTERS, LEDGER}) == sorted(KEYS)
    assert all(bank_tables.number(f"select count(*) from {name}") > 0 for name in KEYS)


def test_the_same_seed_gives_the_same_bytes_and_another_one_others(tmp_path: Path) -> None:
    for name, seed in (("one", 5), ("again", 5), ("other", 6)):
        write_bank(tmp_path / name, customers=400, months=9, seed=seed)
    one, again, other = (read_bytes(tmp_path / name) for name in ("one", "again", "other"))
    assert one == again
    assert {name for name in one if one[name] == other[name]} == {  # these have nothing of chance
        f"{name}.parquet" for name in ("products", "branches", "industries", "calendar")
    }


def test_what_else_is_written_changes_nothing(tmp_path: Path) -> None:
    bank = draw_bank(customers=BATCH + 200, months=4, seed=5)
    write_files(tmp_path / "all", draw_tables(bank, KEYS))
    everything = read_bytes(tmp_path / "all")
    for name in KEYS:
        write_files(tmp_path / name, draw_tables(bank, [name]))
        alone = read_bytes(tmp_path / name)
        assert set(alone) == {f"{name}.parquet", "truth/customer_months.parquet"}
        assert all(alone[file] == everything[file] for file in alone)


def test_a_folder_holds_one_bank(tmp_path: Path) -> None:
    write_bank(tmp_path, customers=50, months=3, seed=5, defects=["orphans"])
    write_bank(tmp_path, customers=50, months=3, seed=5, tables=["customers"])
    assert set(read_bytes(tmp_path)) == {"customers.parquet", "truth/customer_months.parquet"}


def test_an_unknown_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"no tables \['customer'\]; expected of"):
        write_bank(tmp_path, customers=50, months=3, tables=["customer"])


@pytest.mark.parametrize("name", sorted(KEYS))
def test_no_key_is_told_twice_on_a_day(bank_tables: BankTables, name: str) -> None:
    keys = ", ".join([*KEYS[name], "known_on"])
    assert bank_tables.ask(f"select {keys} from {name} group by {keys} having count(*) > 1") == []


@pytest.mark.parametrize("name", sorted(KEYS))
def test_every_row_is_known_before_the_end_and_not_before_it_happened(bank_tables: BankTables, name: str) -> None:
    early = f"known_on < {HAPPENED[name]}" if name in HAPPENED else "false"
    unkeyed = " or ".join(f"{key} is null" for key in KEYS[name])
    wrong = f"known_on is null or known_on >= date '{END}' or {early} or {unkeyed}"
    assert bank_tables.ask(f"select * from {name} where {wrong} limit 3") == []


@pytest.mark.parametrize("name", OF_CUSTOMERS)
def test_nothing_is_told_of_a_customer_before_it_came(bank_tables: BankTables, name: str) -> None:
    joined = "select customer_id, min(known_on) as joined from customers group by customer_id"
    rows = f"{name} as t left join ({joined}) as c using (customer_id)"
    assert bank_tables.ask(f"select * from {rows} where c.joined is null or t.known_on < c.joined limit 3") == []


def test_an_outside_firm_is_known_by_what_is_said_of_it_only(bank_tables: BankTables) -> None:
    outside = "(select customer_id from customers where relation = 'outside')"
    count = "select count(*) from {name} semi join {outside} using (customer_id)"
    told = {name for name in OF_CUSTOMERS if bank_tables.number(count.format(name=name, outside=outside))}
    assert told == {"firm_reports", "events", "blacklist"}


def test_a_booking_is_on_an_account_of_its_customer(bank_tables: BankTables) -> None:
    stray = "from transactions as t anti join accounts as a using (account_id, customer_id)"
    assert bank_tables.number(f"select count(*) {stray}") == 0


@pytest.mark.parametrize(
    ("child", "key", "parent"),
    [
        ("balances", "account_id", "accounts"),
        ("loan_months", "loan_id", "loans"),
        ("accounts", "product_id", "products"),
        ("loans", "product_id", "products"),
        ("holdings", "product_id", "products"),
        ("accounts", "branch_id", "branches"),
        ("managers", "branch_id", "branches"),
        ("manager_skills", "manager_id", "managers"),
        ("crm_profiles", "manager_id", "managers"),
        ("contacts", "manager_id", "managers"),
        ("contacts", "branch_id", "branches"),
    ],
)
def test_every_reference_leads_somewhere(bank_tables: BankTables, child: str, key: str, parent: str) -> None:
    assert bank_tables.number(f"select count(*) from {child} anti join {parent} using ({key})") == 0


def test_branches_are_a_tree_of_three_levels(bank_tables: BankTables) -> None:
    levels = bank_tables.ask("""
        select b.kind, p.kind, count(*) > 0 from branches as b
        left join branches as p on b.parent_branch_id = p.branch_id group by 1, 2 order by 1""")
    assert levels == [("branch", "regional", True), ("head_office", None, True), ("regional", "head_office", True)]


def test_a_balance_sheet_balances(bank_tables: BankTables) -> None:
    assert bank_tables.number("select count(*) from firm_reports where assets <> liabilities + equity") == 0


def test_loan_months_agree_with_the_events(bank_tables: BankTables) -> None:
    by_month = "select customer_id, month, max(days_past_due) as days, max(class5) as worst, min(class5) as best"
    known = f"({by_month} from last_loan_months group by customer_id, month)"
    same = "m.customer_id = e.customer_id and m.month = date_trunc('month', e.occurred_on)"
    pairs = f"from events as e join {known} as m on {same}"
    assert bank_tables.number(f"select count(*) {pairs} where e.kind = 'arrears'") > 50
    assert bank_tables.number(f"select count(*) {pairs} where e.kind = 'arrears' and e.value <> m.days") == 0
    assert bank_tables.number(f"select count(*) {pairs} where e.kind = 'class5'") > 50
    assert bank_tables.number(f"select count(*) {pairs} where e.kind = 'class5' and e.value <> m.worst") == 0
    assert bank_tables.number(f"select count(*) from {known} where best <> worst") == 0


def test_arrears_are_told_by_both_or_by_none(bank_tables: BankTables) -> None:
    arrears = "select customer_id, date_trunc('month', occurred_on) as month from events where kind = 'arrears'"
    late = "select customer_id, month from last_loan_months where days_past_due > 0"
    assert bank_tables.ask(f"{late} except {arrears}") == []


def test_only_what_is_owed_can_be_overdue_and_what_is_lost_is_owed_no_more(bank_tables: BankTables) -> None:
    wrong = "overdue_amount > outstanding_amount or outstanding_amount < 0"
    wrong += " or (written_off_amount > 0 and outstanding_amount > 0)"
    assert bank_tables.ask(f"select * from last_loan_months where {wrong} limit 3") == []
    wrong = "(days_past_due > 0) <> (overdue_amount > 0)"
    assert bank_tables.ask(f"select * from last_loan_months where {wrong} limit 3") == []
    assert bank_tables.number("select count(*) from last_loan_months where written_off_amount > 0") > 5


def test_interest_is_that_of_the_balances_and_loans_to_the_cent(bank_tables: BankTables) -> None:
    deposits = """
        select b.customer_id, b.month, sum(b.average_balance) as average, sum(b.average_balance * a.rate_ratio) as paid
        from last_balances as b join last_accounts as a using (account_id) group by 1, 2"""
    lent = """
        select m.customer_id, m.month, sum(m.outstanding_amount) as owed,
            sum(m.outstanding_amount * l.rate_ratio) as earned
        from last_loan_months as m join loans as l using (loan_id) group by 1, 2"""
    rows = f"""last_income_costs as c join ({deposits}) as d using (customer_id, month)
        left join ({lent}) as l using (customer_id, month)"""
    income = f"(coalesce(l.earned, 0) + d.average * {TRANSFER_RATE}) / 12"
    expense = f"(d.paid + coalesce(l.owed, 0) * {TRANSFER_RATE}) / 12"
    month = "c.month < date '2026-07-01'"  # of later months some rows come only after the end
    wrong = f"abs(c.interest_income - {income}) > 0.011 or abs(c.interest_expense - {expense}) > 0.011"
    assert bank_tables.number(f"select count(*) from {rows} where {month}") > 30_000
    assert bank_tables.number(f"select count(*) from {rows} where {month} and ({wrong})") == 0


def test_risk_cost_is_what_is_lost_less_what_had_been_set_aside_for_it(bank_tables: BankTables) -> None:
    shares = ", ".join(f"({grade}, {share})" for grade, share in enumerate(PROVISION))
    rows = bank_tables.ask(f"""
        with shares as (select * from (values {shares}) as s (class5, share)),
        lost as (
            select customer_id, sum(written_off_amount) as lost, max(month) as month
            from last_loan_months group by 1 having sum(written_off_amount) > 0 and max(month) < date '2026-07-01'),
        before as (
            select m.customer_id, sum(m.outstanding_amount * s.share) as provision
            from last_loan_months as m join shares as s using (class5) where m.month = date '2024-11-01' group by 1),
        paid as (select customer_id, sum(risk_cost) as risk from last_income_costs group by 1)
        select l.lost - coalesce(b.provision, 0) - p.risk
        from lost as l join paid as p using (customer_id) left join before as b using (customer_id)""")
    assert len(rows) > 5
    assert all(abs(difference) < 0.02 for (difference,) in rows)


def test_the_crm_agrees_with_the_core_at_the_day_it_states(bank_tables: BankTables) -> None:
    core = """
        select c.customer_id, c.updated_on, c.deposit_balance, c.loan_balance,
            coalesce((select sum(b.end_balance) from last_balances as b
                where b.customer_id = c.customer_id and last_day(b.month) = c.updated_on), 0) as deposits,
            coalesce((select sum(m.outstanding_amount) from last_loan_months as m
                where m.customer_id = c.customer_id and last_day(m.month) = c.updated_on), 0) as loans
        from crm_profiles as c"""
    assert bank_tables.number(f"select count(*) from ({core}) where deposit_balance > 0 and loan_balance > 0") > 1000
    off = f"select count(*) from ({core}) where deposit_balance <> deposits or loan_balance <> loans"
    assert bank_tables.number(off) <= 0.001 * bank_tables.number("select count(*) from crm_profiles")


def test_holidays_include_the_lunar_new_year(bank_tables: BankTables) -> None:
    days = "select day from calendar where holiday = 'Lunar New Year' and not is_business_day"
    first = bank_tables.ask(f"select min(day)::varchar from ({days}) group by date_part('year', day) order by 1")
    assert [day for (day,) in first] == ["2024-02-10", "2025-01-29", "2026-02-17", "2027-02-06"]


def test_a_trainee_has_passed_no_exam(bank_tables: BankTables) -> None:
    assert (
        bank_tables.number("select count(*) from managers where (grade = 'trainee') <> (exam_passed_on is null)") == 0
    )
    assert bank_tables.number("select count(*) from managers where left_on is not null") > 0


def test_seniors_are_more_often_all_round_and_some_teams_lack_a_skill(bank_tables: BankTables) -> None:
    sides = "sum((is_held and skill in ('corporate', 'retail'))::int)"
    held = f"select manager_id, {sides} as sides from last_manager_skills group by manager_id"
    by_grade = dict(
        bank_tables.ask(f"""
        select m.grade, avg((h.sides = 2)::int) from last_managers as m join ({held}) as h using (manager_id)
        group by m.grade""")
    )
    assert by_grade["trainee"] == 0
    assert by_grade["senior"] > 0.4 > by_grade["fourth"]
    team = "select branch_id, skill, max(is_held::int) as best from last_manager_skills join last_managers as m using"
    lacking = f"select count(*) from ({team} (manager_id) where m.left_on is null group by 1, 2) where best = 0"
    assert 0 < bank_tables.number(lacking) < 20
    assert bank_tables.number("select count(*) from managers anti join manager_skills using (manager_id)") > 0


def test_of_a_skill_it_is_told_once_that_it_is_not_held_and_then_that_it_is(bank_tables: BankTables) -> None:
    told = "list(is_held order by known_on)"
    words = bank_tables.ask(
        f"select distinct {told}::varchar from manager_skills group by manager_id, skill order by 1"
    )
    assert [word for (word,) in words] == ["[false, true, false]", "[false, true]", "[false]"]
    early = "from manager_skills as s join managers as m using (manager_id) where s.known_on < m.joined_on"
    assert bank_tables.number(f"select count(*) {early}") == 0
    late = "from manager_skills as s join last_managers as m using (manager_id) where s.known_on >= m.left_on"
    assert bank_tables.number(f"select count(*) {late}") == 0


def test_what_fails_while_writing_is_raised_and_nobody_waits_for_ever(tmp_path: Path) -> None:
    whole, other = pa.table({"number": [1]}), pa.table({"word": ["one"]})
    with pytest.raises(ValueError, match="schema"):
        write_files(tmp_path, [("table", whole), ("table", other), *[("table", whole)] * 20])


def test_what_fails_while_drawing_is_raised(tmp_path: Path) -> None:
    def draw() -> Iterator[tuple[str, pa.Table]]:
        yield "table", pa.table({"number": [1]})
        raise OverflowError("drawn too far")

    with pytest.raises(OverflowError, match="drawn too far"):
        write_files(tmp_path, draw())


def test_pieces_stay_in_order(tmp_path: Path) -> None:
    pieces = [("table", pa.table({"number": [place]})) for place in range(50)]
    assert write_files(tmp_path, pieces) == {"table": 50}
    assert pq.read_table(tmp_path / "table.parquet")["number"].to_pylist() == list(range(50))


@pytest.mark.parametrize("months", [1, 2])
def test_the_shortest_banks_have_every_table(tmp_path: Path, months: int) -> None:
    rows = write_bank(tmp_path, customers=60, months=months, seed=5)
    assert {f"{name}.parquet" for name in KEYS} <= set(read_bytes(tmp_path))
    assert (rows["balances"] > 0) == (months > 1)  # figures of the last month come after the end


def test_nobody_is_met_at_two_branches_on_one_day_and_mostly_by_its_own_manager(bank_tables: BankTables) -> None:
    one_day = "select count(distinct branch_id) as branches from contacts group by customer_id, contacted_on"
    assert bank_tables.number(f"select count(*) from ({one_day}) where branches > 1") == 0
    stated = """
        select c.manager_id = m.manager_id as is_own, c.branch_id = m.branch_id as is_home
        from contacts as c asof join customers as m
        on c.customer_id = m.customer_id and c.contacted_on + 2 >= m.known_on"""
    own, home = bank_tables.ask(f"select avg(is_own::int), avg(is_home::int) from ({stated})")[0]
    assert 0.82 < own < 0.90
    assert home == 1


def test_contacts_are_made_on_working_days_and_written_down_within_three(bank_tables: BankTables) -> None:
    assert bank_tables.number("select count(*) from contacts where isodow(contacted_on) > 5") == 0
    delays = bank_tables.ask("select distinct known_on - contacted_on from contacts order by 1")
    assert delays == [(0,), (1,), (2,), (3,)]
    assert bank_tables.ask("select distinct channel from contacts order by 1") == [
        ("call",), ("event",), ("message",), ("visit",),
    ]  # fmt: skip


def test_a_manager_who_has_left_meets_nobody(bank_tables: BankTables) -> None:
    by_then = "from contacts as c join last_managers as m using (manager_id) where m.left_on <= c.contacted_on"
    assert bank_tables.ask(f"select c.* {by_then} limit 3") == []
