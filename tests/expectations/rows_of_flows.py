"""Rows that break one promise and no other, and rows near the edge that break none: who and what they do."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

Row = dict[str, Any]

# For each promise, rows that break it and nothing else.
BREAKING: dict[tuple[str, str], list[Row]] = {
    ("customers", "has_customer_id"): [{"customer_id": " "}],
    ("customers", "is_kind_known"): [{"kind": "firm"}],
    ("customers", "is_relation_known"): [{"relation": "prospect"}],
    ("customers", "has_no_negative_employees"): [{"employees": -1}],
    ("customers", "has_no_negative_capital"): [{"capital": Decimal("-0.01")}],
    ("customers", "is_founded_when_known"): [{"founded_on": date(2019, 1, 3)}],
    ("customers", "is_name_readable"): [
        {"name": "恒信�械"},
        {"name": "锟斤拷机械"},
        {"name": "å…¬å¸"},
        {"name": "æœ‰é™å…¬å¸"},
        {"name": "SociÃ©tÃ©"},
        {"name": "Ltd â€“ North"},
        {"name": "????有限"},
    ],
    ("transactions", "has_transaction_id"): [{"transaction_id": ""}],
    ("transactions", "has_customer_id"): [{"customer_id": "  "}],
    ("transactions", "is_kind_known"): [{"kind": "Receipt"}],
    ("transactions", "is_amount_signed_as_kind"): [
        {"kind": "receipt", "amount": Decimal("-1.00")},
        {"kind": "payment", "amount": Decimal("1.00")},
        {"kind": "receipt_return", "amount": Decimal("1.00")},
        {"kind": "payment_return", "amount": Decimal("-1.00")},
        {"kind": "receipt_reversal", "amount": Decimal("1.00")},
        {"kind": "payment_reversal", "amount": Decimal("-1.00")},
    ],
    ("transactions", "is_booked_when_known"): [{"booked_on": date(2019, 11, 6)}],
    ("transactions", "is_booked_since_1990"): [{"booked_on": date(1989, 12, 31)}],
    ("transactions", "is_amount_plausible"): [{"amount": Decimal("10000000000.01")}],
    ("transactions", "is_amount_not_zero"): [{"amount": Decimal("0.00")}],
    ("transactions", "is_not_void"): [{"is_void": True}],
    ("transactions", "has_counterparty"): [{"counterparty_id": None}],
    ("transactions", "is_customer_known"): [{"customer_id": "c9"}, {"customer_id": "known_on_as_of"}],
    ("transactions", "is_stated_once"): [
        {"transaction_id": "twice", "known_on": date(2019, 11, 7), "source_known_on": date(2019, 11, 7)},
        {"transaction_id": "twice", "known_on": date(2019, 11, 8), "source_known_on": date(2019, 11, 8)},
    ],
    ("events", "has_event_id"): [{"event_id": ""}],
    ("events", "has_customer_id"): [{"customer_id": ""}],
    ("events", "is_kind_known"): [{"kind": "bankruptcy"}],
    ("events", "is_value_in_range"): [
        {"kind": "arrears", "value": -1.0},
        {"kind": "arrears", "value": None},
        {"kind": "class5", "value": 0.0},
        {"kind": "class5", "value": 6.0},
        {"kind": "class5", "value": 2.5},
    ],
    ("events", "is_dated_when_known"): [{"occurred_on": date(2019, 11, 6)}],
    ("events", "is_dated_since_1990"): [{"occurred_on": date(1900, 1, 1)}],
    ("events", "is_customer_known"): [{"customer_id": "c9"}],
    ("events", "is_stated_once"): [
        {"event_id": "twice", "known_on": date(2019, 11, 7), "source_known_on": date(2019, 11, 7)},
        {"event_id": "twice", "known_on": date(2019, 11, 8), "source_known_on": date(2019, 11, 8)},
    ],
}

# Rows near the edge that break nothing.
SOUND: dict[str, list[Row]] = {
    "customers": [
        {},
        {"employees": 0, "capital": Decimal("0.00"), "founded_on": date(2019, 1, 2)},
        {"name": None, "employees": None},
    ],
    "transactions": [
        {},
        {"booked_on": date(2019, 11, 5), "amount": Decimal("10000000000.00")},
        {"booked_on": date(1990, 1, 1)},
        {"kind": "payment", "amount": Decimal("-1.00")},
        {"kind": "receipt_return", "amount": Decimal("-1.00")},
        {"kind": "payment_return", "amount": Decimal("1.00")},
        {"kind": "receipt_reversal", "amount": Decimal("-1.00")},
        {"kind": "payment_reversal", "amount": Decimal("1.00")},
        {"kind": "other", "amount": Decimal("-1.00")},
    ],
    "events": [
        {},
        {"kind": "arrears", "value": 0.0},
        {"kind": "class5", "value": 1.0},
        {"kind": "class5", "value": 5.0},
        {"kind": "default", "value": None},
        {"occurred_on": date(1990, 1, 1)},
    ],
}
