"""Rows that break one promise and no other, and rows near the edge that break none: what customers have."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

Row = dict[str, Any]

AFTER = date(2019, 11, 6)  # the day after a row was stated that says nothing else
CENT = Decimal("0.01")
BAD_MONTHS: dict[str, list[Row]] = {
    "is_month_a_first_day": [{"month": date(2019, 9, 15)}, {"month": date(2019, 9, 30)}],
    "is_month_over_when_known": [{"month": date(2019, 11, 1)}, {"month": date(2020, 1, 1)}],
    "is_month_since_1990": [{"month": date(1989, 12, 1)}, {"month": date(1900, 1, 1)}],
    "is_customer_known": [{"customer_id": "c9"}, {"customer_id": "known_on_as_of"}],
}
SOUND_MONTHS: list[Row] = [
    {},
    {"month": date(1990, 1, 1)},
    {"month": date(2019, 11, 1), "known_on": date(2019, 11, 30), "source_known_on": date(2019, 11, 30)},
]


def _of(table: str, rows: dict[str, list[Row]]) -> dict[tuple[str, str], list[Row]]:
    return {(table, promise): breaking for promise, breaking in rows.items()}


BREAKING: dict[tuple[str, str], list[Row]] = {
    ("accounts", "has_account_id"): [{"account_id": " "}],
    ("accounts", "has_customer_id"): [{"customer_id": ""}],
    ("accounts", "is_opened_when_known"): [{"opened_on": AFTER, "closed_on": None}],
    ("accounts", "is_opened_since_1990"): [{"opened_on": date(1989, 12, 31)}],
    ("accounts", "is_closed_when_known"): [{"closed_on": AFTER}],
    ("accounts", "is_closed_after_opening"): [{"closed_on": date(2015, 6, 29)}],
    ("accounts", "is_currency_a_code"): [
        {"currency": "RMB¥"},
        {"currency": "cny"},
        {"currency": "CN"},
        {"currency": "156"},
    ],
    ("accounts", "is_rate_in_range"): [{"rate_ratio": 1.01}, {"rate_ratio": -0.001}],
    ("accounts", "is_product_known"): [{"product_id": "X01"}, {"product_id": "known_on_as_of"}],
    ("accounts", "is_branch_known"): [{"branch_id": "b9"}, {"branch_id": "known_on_as_of"}],
    ("accounts", "is_customer_known"): [{"customer_id": "c9"}, {"customer_id": "known_on_as_of"}],
    ("balances", "has_account_id"): [{"account_id": ""}],
    ("balances", "has_customer_id"): [{"customer_id": " "}],
    **_of("balances", BAD_MONTHS),
    ("balances", "is_not_overdrawn"): [
        {"end_balance": -CENT},
        {"average_balance": -CENT},
        {"account_id": "product_unknown", "end_balance": -CENT},
        {"account_id": "known_on_as_of", "end_balance": -CENT},
    ],
    ("balances", "is_amount_plausible"): [
        {"end_balance": Decimal("100000000000.01")},
        {"average_balance": Decimal("100000000000.01")},
        {"account_id": "overdrawn", "month": date(2019, 9, 1), "end_balance": Decimal("-100000000000.01")},
    ],
    ("loans", "has_loan_id"): [{"loan_id": ""}],
    ("loans", "has_customer_id"): [{"customer_id": ""}],
    ("loans", "is_granted_when_known"): [{"granted_on": AFTER}],
    ("loans", "has_no_negative_amount"): [
        {"principal_amount": -CENT},
        {"limit_amount": -CENT, "principal_amount": None},
        {"collateral_value": -CENT},
    ],
    ("loans", "is_granted_since_1990"): [{"granted_on": date(1989, 12, 31)}],
    ("loans", "is_matured_after_granting"): [{"matures_on": date(2019, 1, 1)}],
    ("loans", "is_rate_in_range"): [{"rate_ratio": 4.35}, {"rate_ratio": -0.01}],
    ("loans", "is_unit_plausible"): [{"principal_amount": Decimal("600000.01"), "limit_amount": Decimal("600.00")}],
    ("loans", "is_product_known"): [{"product_id": "X01"}],
    ("loans", "is_customer_known"): [{"customer_id": "c9"}],
    ("loan_months", "has_loan_id"): [{"loan_id": " "}],
    ("loan_months", "has_customer_id"): [{"customer_id": " "}],
    **_of("loan_months", BAD_MONTHS),
    ("loan_months", "has_no_negative_amount"): [
        {"outstanding_amount": -CENT, "overdue_amount": None},
        {"overdue_amount": -CENT},
        {"written_off_amount": -CENT},
    ],
    ("loan_months", "is_days_past_due_in_range"): [{"days_past_due": -1}, {"days_past_due": 36526}],
    ("loan_months", "is_class5_in_range"): [{"class5": 0}, {"class5": 6}],
    ("loan_months", "is_overdue_within_outstanding"): [{"overdue_amount": Decimal("400000.01")}],
    ("income_costs", "has_customer_id"): [{"customer_id": " "}],
    **_of("income_costs", BAD_MONTHS),
    ("income_costs", "has_no_negative_amount"): [
        {"interest_income": -CENT},
        {"interest_expense": -CENT},
        {"operating_cost": -CENT},
    ],
    ("income_costs", "is_amount_plausible"): [
        {"interest_income": Decimal("10000000000.01")},
        {"fee_income": Decimal("-10000000000.01")},
        {"interest_expense": Decimal("10000000000.01")},
        {"operating_cost": Decimal("10000000000.01")},
        {"risk_cost": Decimal("-10000000000.01")},
    ],
    ("firm_reports", "has_customer_id"): [{"customer_id": " "}],
    ("firm_reports", "is_period_over_when_known"): [{"period_end": AFTER}],
    ("firm_reports", "is_period_since_1990"): [{"period_end": date(1989, 12, 31)}],
    ("firm_reports", "is_period_length_in_range"): [{"period_months": 0}, {"period_months": 25}],
    ("firm_reports", "has_no_negative_amount"): [
        {"revenue": -CENT},
        {"assets": Decimal("-500000.00"), "liabilities": Decimal("0.00"), "equity": Decimal("-500000.00")},
        {"liabilities": Decimal("-100.00"), "equity": Decimal("500100.00")},
    ],
    ("firm_reports", "is_sheet_balanced"): [{"equity": Decimal("20000.00")}],
    ("firm_reports", "is_unit_as_before"): [
        {
            "customer_id": "in_wan",
            "assets": Decimal("50.00"),
            "liabilities": Decimal("52.00"),
            "equity": Decimal("-2.00"),
        },
    ],
    ("firm_reports", "is_customer_known"): [{"customer_id": "c9"}],
    ("holdings", "has_holding_id"): [{"holding_id": ""}],
    ("holdings", "has_customer_id"): [{"customer_id": ""}],
    ("holdings", "is_bought_when_known"): [{"bought_on": AFTER, "matures_on": None}],
    ("holdings", "has_no_negative_amount"): [{"amount": -CENT}],
    ("holdings", "is_bought_since_1990"): [{"bought_on": date(1989, 12, 31)}],
    ("holdings", "is_matured_after_buying"): [{"matures_on": date(2019, 3, 3)}],
    ("holdings", "is_amount_plausible"): [{"amount": Decimal("10000000000.01")}],
    ("holdings", "is_price_plausible"): [{"nav_ratio": 0.009}, {"nav_ratio": 100.1}],
    ("holdings", "is_product_known"): [{"product_id": "X01"}],
    ("holdings", "is_customer_known"): [{"customer_id": "c9"}],
    ("profile_fields", "has_customer_id"): [{"customer_id": ""}],
    ("profile_fields", "has_field"): [{"field": " "}, {"field_group": ""}],
    ("profile_fields", "is_updated_when_known"): [{"updated_on": AFTER}],
    ("profile_fields", "is_updated_since_1990"): [{"updated_on": date(1989, 12, 31)}],
    ("profile_fields", "is_customer_known"): [{"customer_id": "c9"}],
    ("crm_profiles", "has_customer_id"): [{"customer_id": ""}],
    ("crm_profiles", "is_updated_when_known"): [{"updated_on": AFTER}],
    ("crm_profiles", "is_updated_since_1990"): [{"updated_on": date(1989, 12, 31)}],
    ("crm_profiles", "has_no_negative_count"): [{"product_count": -1}],
    ("crm_profiles", "has_no_negative_amount"): [{"deposit_balance": -CENT}, {"loan_balance": -CENT}],
    ("crm_profiles", "is_branch_known"): [{"branch_id": "b9"}],
    ("crm_profiles", "is_manager_known"): [{"manager_id": "m9"}, {"manager_id": "known_on_as_of"}],
    ("crm_profiles", "is_customer_known"): [{"customer_id": "c9"}],
    ("contacts", "has_contact_id"): [{"contact_id": ""}],
    ("contacts", "has_customer_id"): [{"customer_id": ""}],
    ("contacts", "is_contacted_when_known"): [{"contacted_on": AFTER}],
    ("contacts", "is_contacted_since_1990"): [{"contacted_on": date(1900, 1, 1)}],
    ("contacts", "is_channel_known"): [{"channel": "fax"}],
    ("contacts", "is_branch_known"): [{"branch_id": "b9"}],
    ("contacts", "is_manager_known"): [{"manager_id": "m9"}],
    ("contacts", "is_customer_known"): [{"customer_id": "c9"}],
}

SOUND: dict[str, list[Row]] = {
    "accounts": [
        {},
        {"opened_on": date(2019, 11, 5), "closed_on": date(2019, 11, 5)},
        {"opened_on": date(1990, 1, 1), "rate_ratio": 0.0, "currency": "USD"},
        {"rate_ratio": 1.0},
        dict.fromkeys(("product_id", "branch_id", "currency", "rate_ratio", "opened_on", "closed_on")),
    ],
    "balances": [
        *SOUND_MONTHS,
        {"average_balance": Decimal("0.00"), "end_balance": Decimal("0.00")},
        {"account_id": "overdrawn", "end_balance": Decimal("-5.00"), "average_balance": Decimal("-5.00")},
        {"average_balance": Decimal("100000000000.00"), "end_balance": Decimal("100000000000.00")},
    ],
    "loans": [
        {},
        {"granted_on": date(2019, 11, 5), "matures_on": date(2019, 11, 5)},
        {"granted_on": date(1990, 1, 1), "rate_ratio": 0.0},
        {"principal_amount": Decimal("600000.00"), "limit_amount": Decimal("600.00"), "rate_ratio": 1.0},
        {"limit_amount": Decimal("0.00")},
        dict.fromkeys(
            (
                "product_id",
                "granted_on",
                "matures_on",
                "principal_amount",
                "limit_amount",
                "rate_ratio",
                "collateral_value",
            )
        ),
    ],
    "loan_months": [
        *SOUND_MONTHS,
        {"overdue_amount": Decimal("400000.00"), "days_past_due": 36525, "class5": 5},
        {"days_past_due": 0, "class5": 1},
        {
            "outstanding_amount": Decimal("0.00"),
            "overdue_amount": Decimal("0.00"),
            "written_off_amount": Decimal("1.00"),
        },
        dict.fromkeys(("overdue_amount", "written_off_amount", "days_past_due", "class5")),
    ],
    "income_costs": [
        *SOUND_MONTHS,
        {
            "interest_income": Decimal("0.00"),
            "interest_expense": Decimal("0.00"),
            "operating_cost": Decimal("0.00"),
        },
        {"fee_income": Decimal("-10000000000.00")},
    ],
    "firm_reports": [
        {},
        {"period_end": date(2019, 11, 5), "period_months": 1},
        {"period_end": date(1990, 1, 1), "period_months": 24},
        {"equity": Decimal("-19501.00")},
        {"customer_id": "in_wan", "period_end": date(2018, 12, 31), "assets": Decimal("500000.00")},
        {"customer_id": "grown", "period_end": date(2018, 12, 31)},
        {"customer_id": "grown", "assets": Decimal("500000000.00"), "equity": Decimal("499480000.00")},
        {"revenue": None, "assets": None, "liabilities": None, "equity": None},
    ],
    "holdings": [
        {},
        {"bought_on": date(2019, 11, 5), "matures_on": date(2019, 11, 5)},
        {"bought_on": date(1990, 1, 1), "amount": Decimal("0.00"), "nav_ratio": 0.01},
        {"amount": Decimal("10000000000.00"), "nav_ratio": 100.0},
        dict.fromkeys(("bought_on", "matures_on", "nav_ratio")),
    ],
    "profile_fields": [{}, {"updated_on": date(2019, 11, 5)}, {"updated_on": date(1990, 1, 1)}, {"updated_on": None}],
    "crm_profiles": [
        {},
        {"updated_on": date(2019, 11, 5), "product_count": 0},
        {"updated_on": date(1990, 1, 1), "deposit_balance": Decimal("0.00"), "loan_balance": Decimal("0.00")},
        dict.fromkeys(("branch_id", "manager_id", "deposit_balance", "loan_balance", "product_count", "updated_on")),
    ],
    "contacts": [
        {},
        {"contacted_on": date(2019, 11, 5), "channel": "call"},
        {"contacted_on": date(1990, 1, 1), "channel": "message"},
        {"channel": "event"},
        dict.fromkeys(("manager_id", "branch_id", "channel")),
    ],
}
