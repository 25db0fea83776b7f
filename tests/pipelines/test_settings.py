from __future__ import annotations

import traceback
from datetime import date
from pathlib import Path

import pytest
from pydantic import ValidationError

from pipelines.errors import SettingsError
from pipelines.paths import SOURCES_ROOT
from pipelines.setting_errors import describe
from pipelines.settings import Options, Settings, add_months, as_of_of_month, load_settings

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


SECRETS = ("warehouse_url", "mlflow_uri", "source_url")


@pytest.mark.parametrize("name", SECRETS)
def test_secrets_do_not_show(tmp_path: Path, name: str) -> None:
    given = write(tmp_path, TOML) | {f"KCRM_{name.upper()}": "postgresql://kcrm:hush@db/kcrm"}
    settings = load_settings(environment=given)
    assert getattr(settings, name) == "postgresql://kcrm:hush@db/kcrm"
    assert "hush" not in repr(settings) + str(settings)


def show(error: BaseException) -> str:
    return "".join(traceback.format_exception(error))


@pytest.mark.parametrize("name", SECRETS)
def test_secrets_do_not_show_in_errors_and_their_causes(tmp_path: Path, name: str) -> None:
    secret = f"{name} = 'postgresql://kcrm:hush@db/kcrm'\n"
    for text in (
        f"[settings]\n{secret}",
        secret,
        f"[sources.bank]\n{secret}",
        f"[settings]\nnum_threads = 0\n{secret}",
    ):
        with pytest.raises(SettingsError) as refused:
            load_settings(environment=write(tmp_path, text))
        assert "hush" not in show(refused.value)
    with pytest.raises(ValidationError) as wrong:
        Settings(**{name: b"hush"})
    assert "hush" not in str(wrong.value)
    assert describe(wrong.value, str, SECRETS) == (
        f"('{name}',) is not shown, as it may hold a password; expected text in quotes. Correct it."
    )


def test_secrets_do_not_show_where_another_variable_is_wrong(tmp_path: Path) -> None:
    given = write(tmp_path, TOML) | {"KCRM_SOURCE_URL": "postgresql://kcrm:hush@db/kcrm", "KCRM_NUM_THREADS": "0"}
    with pytest.raises(SettingsError) as refused:
        load_settings(environment=given)
    assert "hush" not in show(refused.value)


BANK = "[sources.bank]\nfirst_training_as_of = 2020-01-01\n"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "[settings]\nnum_thread = 2\n",
            "[settings] in {file} has an unknown key num_thread; did you mean num_threads",
        ),
        ("[settings]\nnum_threads = 0\n", "num_threads of [settings] in {file} is 0; expected 1 or more. Correct it"),
        ("[settings]\nvar = 5\n", "var of [settings] in {file} is 5; expected a folder in quotes. Correct it"),
        ("[settings]\nas_ofs_kept = 2\n", "is 2; expected 0 (all) or 3 or more"),
        ("[settings]\nas_ofs_kept = -1\n", "is -1; expected 0 (all) or 3 or more"),
        ("[settings]\nnum_threads = 'x'\n", "is 'x'; expected a whole number"),
        ("[settings]\nnum_threads = '2'\n", "is '2'; expected a whole number"),
        ("[settings]\nnum_threads = 2.5\n", "is 2.5; expected a whole number"),
        ("[settings]\nnum_threads = 2.0\n", "is 2.0; expected a whole number"),
        ("[settings]\nnum_threads = true\n", "is True; expected a whole number"),
        ("[settings]\nquarantine_max_share = 2\n", "is 2; expected 1 or less"),
        ("[settings]\nquarantine_max_share = -0.1\n", "is -0.1; expected 0 or more"),
        ("[settings]\nquarantine_max_share = nan\n", "is nan; expected a finite number"),
        ("[settings]\nquarantine_max_share = true\n", "is True; expected a number"),
        ("[settings]\nsource = 3\n", "is 3; expected text in quotes"),
        ("[settings]\nreader_role = 'Public'\n", "is 'Public'; expected a role that is not everybody"),
        ("[settings]\nmemory_limit = 'lots'\n", "is 'lots'; expected such as 4GB"),
        ("[settings]\nmemory_limit = '80%'\n", "is '80%'; expected such as 4GB"),
        ("[settings]\nreporting_currency = 'yuan'\n", "is 'yuan'; expected an ISO 4217"),
        ("[settings]\nwarehouse_url = 'x'\n", "has an unknown key warehouse_url"),
        ("[settings]\ndeclared_sources = {}\n", "has an unknown key declared_sources"),
        ("[settings]\nrulebook = 'x'\n", "has an unknown key rulebook"),
        ("[source.bank]\n", "{file} has an unknown table source; did you mean sources?"),
        ("settings = 5\n", "settings in {file} is int; expected a table, [settings]"),
        ("[settings\n", "{file} is not TOML: "),
        ("[sources]\nbank = 5\n", "[sources.bank] in {file} is 5; expected a table"),
        ("[sources.bank]\n", "first_training_as_of of [sources.bank] in {file} is missing. Add it."),
        ("[sources.bank]\nfirst_training_as_of = '2020-01-01'\n", "is '2020-01-01'; expected a date without quotes"),
        ("[sources.bank]\nfirst_training_as_of = 2020-01-01T00:00:00\n", "expected a date without quotes"),
        ("[sources.bank]\nfirst_training_as_of = 2020-01-02\n", "expected the first day of a month"),
        (BANK + "ladder = 3\n", "ladder of [sources.bank] in {file} is an unknown key"),
        (BANK + "timezone = 'Shanghai'\n", "is 'Shanghai'; expected the name of a time zone such as Asia/Shanghai"),
        (
            BANK + "[sources.bank.csv]\nencoding = 'gb'\n",
            "csv.encoding of [sources.bank] in {file} is 'gb'; expected an enc",
        ),
        (
            BANK + "[sources.bank.csv]\ndelimiter = '||'\n",
            "csv.delimiter of [sources.bank] in {file} is '||'",
        ),
        (BANK + "[sources.bank.csv]\nsep = ';'\n", "csv.sep of [sources.bank] in {file} is an unknown key"),
        (BANK + "lookback_days = 0\n", "lookback_days of [sources.bank] in {file} is 0; expected 1 or more"),
        (BANK + "stale_after_days = 1.5\n", "stale_after_days of [sources.bank] in {file} is 1.5; expected a whole"),
        (BANK + "valid_days = -1\n", "is -1; expected 0 or more"),
        (BANK + "valid_days = 36501\n", "is 36501; expected 36500 or less"),
        (BANK + "valid_days = true\n", "is True; expected a whole number"),
        (BANK + "tables = 'customers'\n", "is 'customers'; expected a list"),
        (BANK + "tables = [1]\n", "tables.0 of [sources.bank] in {file} is 1; expected text in quotes"),
        (BANK + "rules = 5\n", "rules of [sources.bank] in {file} is 5; expected a table"),
        (BANK + "[sources.bank.rules]\nx = 5\n", "unknown rules ['x']"),
    ],
)
def test_a_wrong_file_is_refused_with_its_reason(tmp_path: Path, text: str, words: str) -> None:
    given = {key: value for key, value in write(tmp_path, text).items() if key == "KCRM_CONFIG"}
    with pytest.raises(SettingsError) as refused:
        load_settings(environment=given | ({} if "source = " in text else {"KCRM_SOURCE": "bank"}))
    assert words.format(file=tmp_path / "kcrm.toml") in str(refused.value)
    assert "\n" not in str(refused.value)


def test_each_wrong_key_has_its_sentence(tmp_path: Path) -> None:
    given = write(tmp_path, "[settings]\nnum_threads = 0\nvar = 5\n" + BANK + "valid_days = 1.5\n")
    del given["KCRM_VAR"]
    with pytest.raises(SettingsError) as refused:
        load_settings(environment=given | {"KCRM_TEST_MONTHS": "x"})
    file = tmp_path / "kcrm.toml"
    assert str(refused.value).split(" Correct it.") == [
        f"var of [settings] in {file} is 5; expected a folder in quotes.",
        f" num_threads of [settings] in {file} is 0; expected 1 or more.",
        " KCRM_TEST_MONTHS is 'x'; expected a whole number.",
        f" valid_days of [sources.bank] in {file} is 1.5; expected a whole number.",
        "",
    ]


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


@pytest.mark.parametrize("name", Options.model_fields)
@pytest.mark.parametrize("empty", ["", " "])
def test_an_empty_variable_means_the_default(tmp_path: Path, name: str, empty: str) -> None:
    variable = f"KCRM_{name.upper()}"
    given = write(tmp_path, TOML)
    unset = {key: value for key, value in given.items() if key != variable}
    assert load_settings(tmp_path, given | {variable: empty}) == load_settings(tmp_path, unset)


def test_the_default_folder_is_that_of_the_root(tmp_path: Path) -> None:
    given = {"KCRM_CONFIG": write(tmp_path, TOML)["KCRM_CONFIG"], "KCRM_VAR": ""}
    settings = load_settings(tmp_path, given)
    assert settings.var == tmp_path / "var"
    assert settings.mlflow_uri == f"sqlite:///{tmp_path}/var/mlflow.db"


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [("num_threads", "4", 4), ("quarantine_max_share", "1e-1", 0.1), ("reader_role", "12", "12"), ("source", "b", "b")],
)
def test_a_variable_is_read_as_its_field_and_goes_over_the_file(
    tmp_path: Path, name: str, text: str, value: object
) -> None:
    settings = load_settings(environment=write(tmp_path, TOML) | {f"KCRM_{name.upper()}": text})
    assert getattr(settings, name) == value
    assert type(getattr(settings, name)) is type(value)


@pytest.mark.parametrize("text", ["x", "2.5", "true", "0"])
def test_a_wrong_variable_is_refused_by_its_name(tmp_path: Path, text: str) -> None:
    with pytest.raises(
        SettingsError, match=r"^KCRM_NUM_THREADS is .*; expected (a whole number|1 or more)\. Correct it"
    ):
        load_settings(environment=write(tmp_path, TOML) | {"KCRM_NUM_THREADS": text})


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
    assert load_settings(environment=given).sources == SOURCES_ROOT
    given = write(tmp_path, TOML.replace("[settings]", '[settings]\nsources = "selects"'))
    assert load_settings(environment=given).sources == tmp_path / "selects"
    assert load_settings(environment=given | {"KCRM_SOURCES": "/etc/kcrm/sources"}).sources == Path("/etc/kcrm/sources")
    given = write(tmp_path, TOML.replace("[settings]", "[settings]\nsources = 7"))
    with pytest.raises(SettingsError, match=r"sources of \[settings\] in .* is 7; expected a folder"):
        load_settings(environment=given)
