from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from pipelines.errors import SettingsError
from pipelines.paths import SOURCES_ROOT
from pipelines.settings import add_months, as_of_of_month, load_settings

TOML = """
[settings]
quarantine_max_share = 0.5

[sources.bank]
first_training_as_of = 2020-01-01
"""


def write(folder: Path, text: str) -> dict[str, str]:
    path = folder / "kcrm.toml"
    path.write_text(text, encoding="utf-8")
    return {"KCRM_CONFIG": str(path), "KCRM_SOURCE": "bank", "KCRM_VAR": str(folder)}


def test_settings_come_from_the_file_and_the_environment_goes_over_it(tmp_path: Path) -> None:
    settings = load_settings(environment=write(tmp_path, TOML) | {"KCRM_NUM_THREADS": "4"})
    assert settings.quarantine_max_share == 0.5
    assert settings.num_threads == 4
    assert settings.first_training_as_of == date(2020, 1, 1)
    assert settings.warehouse_url == f"duckdb:///{tmp_path}/kcrm.duckdb"


def test_a_source_gives_all_its_tables_or_those_named(tmp_path: Path) -> None:
    assert load_settings(environment=write(tmp_path, TOML)).source_settings.has_table("loans")
    settings = load_settings(environment=write(tmp_path, TOML + 'tables = ["customers", "transactions"]\n'))
    assert settings.source_settings.tables == ("customers", "transactions")
    assert not settings.source_settings.has_table("loans")


def test_scores_of_a_source_are_served_for_two_months_or_as_it_says(tmp_path: Path) -> None:
    assert load_settings(environment=write(tmp_path, TOML)).source_settings.valid_days == 62
    assert load_settings(environment=write(tmp_path, TOML + "valid_days = 0\n")).source_settings.valid_days == 0


def test_the_rules_of_a_source_go_over_those_of_the_file_while_it_is_in_force(tmp_path: Path) -> None:
    own = "[sources.bank.rules.limits]\nnet_capital = 9\n[sources.bank.rules.groups]\nmax_depth = 3\n"
    rules = "[rules.limits]\nnet_capital = 7\ntier1_capital = 5\n"
    given = write(tmp_path, TOML + own + "[sources.other]\nfirst_training_as_of = 2020-01-01\n" + rules)
    mine = load_settings(environment=given).rulebook
    limits, groups = mine.parameters("limits"), mine.parameters("groups")
    assert (limits["net_capital"], limits["tier1_capital"], groups["max_depth"]) == (9, 5, 3)
    others = load_settings(environment=given | {"KCRM_SOURCE": "other"}).rulebook
    limits, groups = others.parameters("limits"), others.parameters("groups")
    assert (limits["net_capital"], limits["tier1_capital"], groups["max_depth"]) == (7, 5, 20)


def test_secrets_do_not_show(tmp_path: Path) -> None:
    given = write(tmp_path, TOML) | {"KCRM_WAREHOUSE_URL": "postgresql://kcrm:hush@db/kcrm"}
    assert "hush" not in repr(load_settings(environment=given))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[settings]\nnum_thread = 2\n[sources]\n", "unknown keys ['num_thread']"),
        ("[settings]\nnum_threads = 0\n[sources]\n", "num_threads is 0; expected 1 or more"),
        ("[settings]\nas_ofs_kept = 2\n[sources]\n", "as_ofs_kept is 2; expected 0 (all) or 3 or more"),
        ("[settings]\nas_ofs_kept = -1\n[sources]\n", "as_ofs_kept is -1; expected 0 (all) or 3 or more"),
        ("[settings]\nnum_threads = 'x'\n[sources]\n", "num_threads is 'x'; expected int"),
        ("[settings]\nquarantine_max_share = 2\n[sources]\n", "expected 0 to 1"),
        (
            "[sources.bank]\nfirst_training_as_of = 2020-01-02\n",
            "bank is 2020-01-02; expected the first day of a month",
        ),
        ("[sources.bank]\nladder = 2020-01-01\n", "expected first_training_as_of"),
        ("[sources.bank]\nfirst_training_as_of = 2020-01-01\nlookback_days = 0\n", "lookback_days of source bank is 0"),
        ("[sources.bank]\nfirst_training_as_of = 2020-01-01\nrules = 5\n", "rules of source bank is 5"),
        ("[sources.bank]\nfirst_training_as_of = 2020-01-01\n[sources.bank.rules]\nx = 5\n", "unknown rules ['x']"),
        (
            "[sources.bank]\nfirst_training_as_of = 2020-01-01\nstale_after_days = 1.5\n",
            "stale_after_days of source bank is 1.5",
        ),
        (
            "[sources.bank]\nfirst_training_as_of = 2020-01-01\ntables = 'customers'\n",
            "tables of source bank is 'customers'",
        ),
        ("[sources.bank]\nfirst_training_as_of = 2020-01-01\ntables = [1]\n", "expected a list of landing tables"),
        (
            "[sources.bank]\nfirst_training_as_of = 2020-01-01\nvalid_days = -1\n",
            "valid_days of source bank is -1; expected",
        ),
        ("[sources.bank]\nfirst_training_as_of = 2020-01-01\nvalid_days = 36501\n", "days up to 36500"),
        ("[settings]\nreader_role = 'Public'\n[sources]\n", "reader_role is 'public', which is everybody"),
        ("[sources.bank]\nfirst_training_as_of = 2020-01-01\nvalid_days = true\n", "valid_days of source bank is True"),
        ("[settings]\nbootstrap_rounds = 0\n[sources]\n", "bootstrap_rounds is 0; expected 1 or more"),
        ("[settings]\nmemory_limit = 'lots'\n[sources]\n", "memory_limit is 'lots'; expected such as 4GB"),
        ("[settings]\nmemory_limit = '80%'\n[sources]\n", "memory_limit is '80%'; expected such as 4GB"),
        ("[source.bank]\n", "unknown tables ['source']"),
        ("[settings\n", "is not TOML"),
        ("[settings]\nnum_threads = '2'\n[sources]\n", "num_threads is '2'; expected int"),
        ("[settings]\nnum_threads = 2.5\n[sources]\n", "num_threads is 2.5; expected int"),
        ("[settings]\nnum_threads = true\n[sources]\n", "num_threads is True; expected int"),
        ("[settings]\nreporting_currency = 'yuan'\n[sources]\n", "reporting_currency is 'yuan'; expected an ISO 4217"),
        ("[sources.bank]\nladder_start = 2020-01-01\n", "has the old key ladder_start; expected first_training_as_of"),
    ],
)
def test_a_wrong_file_is_refused_with_its_reason(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(SettingsError) as refused:
        load_settings(environment=write(tmp_path, text))
    assert words in str(refused.value)


def test_no_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="no configuration at"):
        load_settings(environment={"KCRM_CONFIG": str(tmp_path / "none.toml")})


def test_an_unknown_source_names_the_known_ones(tmp_path: Path) -> None:
    settings = load_settings(environment=write(tmp_path, TOML) | {"KCRM_SOURCE": "bnak"})
    with pytest.raises(SettingsError, match="no source 'bnak'; it has bank"):
        _ = settings.first_training_as_of


@pytest.mark.parametrize(("month", "as_of"), [("2026-10", date(2026, 11, 1)), ("2026-12", date(2027, 1, 1))])
def test_the_as_of_of_a_month_is_the_day_after_it(month: str, as_of: date) -> None:
    assert as_of_of_month(month) == as_of


@pytest.mark.parametrize("month", ["2026-9", "2026-13", "2026-00", "202610", "", "2026-10 ", "2026-10-01"])
def test_what_is_no_month_is_refused(month: str) -> None:
    with pytest.raises(SettingsError, match="expected YYYY-MM"):
        as_of_of_month(month)


def test_add_months_crosses_years_and_refuses_other_days() -> None:
    assert add_months(date(2020, 1, 1), -1) == date(2019, 12, 1)
    assert add_months(date(2019, 8, 1), 6) == date(2020, 2, 1)
    with pytest.raises(SettingsError, match="not the first day"):
        add_months(date(2020, 1, 2), 1)


@pytest.mark.parametrize("name", ["KCRM_VAR", "KCRM_NUM_THREADS", "KCRM_WAREHOUSE_URL", "KCRM_MEMORY_LIMIT"])
def test_an_empty_variable_means_the_default(tmp_path: Path, name: str) -> None:
    given = write(tmp_path, TOML)
    unset = {key: value for key, value in given.items() if key != name}
    assert load_settings(tmp_path, given | {name: ""}) == load_settings(tmp_path, unset)


def test_an_empty_config_variable_means_the_file_of_the_root(tmp_path: Path) -> None:
    assert load_settings(tmp_path, write(tmp_path, TOML) | {"KCRM_CONFIG": ""}).quarantine_max_share == 0.5


def test_a_misspelt_variable_is_refused_without_its_value(tmp_path: Path) -> None:
    given = write(tmp_path, TOML) | {"KCRM_WAREHOUSE_ULR": "postgresql://kcrm:hush@db/kcrm"}
    with pytest.raises(
        SettingsError, match="unknown variable KCRM_WAREHOUSE_ULR; did you mean KCRM_WAREHOUSE_URL"
    ) as e:
        load_settings(environment=given)
    assert "hush" not in str(e.value)


def test_variables_of_the_tests_and_of_compose_are_known(tmp_path: Path) -> None:
    load_settings(environment=write(tmp_path, TOML) | {"KCRM_REAL_DATA": "/data", "KCRM_SOURCE_FOLDER": "./in"})


def test_the_currency_is_yuan_or_as_set(tmp_path: Path) -> None:
    given = write(tmp_path, TOML)
    assert load_settings(environment=given).reporting_currency == "CNY"
    assert load_settings(environment=given | {"KCRM_REPORTING_CURRENCY": "EUR"}).reporting_currency == "EUR"


def test_a_file_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "kcrm.toml"
    path.write_bytes("[sources.bank]\ndescription = '银行'\n".encode("gbk"))
    with pytest.raises(SettingsError, match="is not UTF-8 at byte"):
        load_settings(environment={"KCRM_CONFIG": str(path)})


def test_the_folder_of_sources_is_the_projects_own_that_of_the_file_or_that_of_the_environment(tmp_path: Path) -> None:
    given = write(tmp_path, TOML)
    assert load_settings(environment=given).sources_folder == SOURCES_ROOT
    given = write(tmp_path, TOML.replace("[settings]", '[settings]\nsources = "selects"'))
    assert load_settings(environment=given).sources_folder == tmp_path / "selects"
    assert load_settings(environment=given | {"KCRM_SOURCES": "/etc/kcrm/sources"}).sources_folder == Path(
        "/etc/kcrm/sources"
    )
    given = write(tmp_path, TOML.replace("[settings]", "[settings]\nsources = 7"))
    with pytest.raises(SettingsError, match=r"setting sources in .* is 7; expected a folder"):
        load_settings(environment=given)
