"""Rows that break one promise and no other, and rows near the edge that break none: whom to keep out, who owes."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from tests.expectations.rows_of_contracts import AFTER, BAD_MONTHS, CENT, SOUND_MONTHS, Row

BAD_LEDGER_MONTHS = {promise: rows for promise, rows in BAD_MONTHS.items() if promise != "is_customer_known"}
BREAKING: dict[tuple[str, str], list[Row]] = {
    ("blacklist", "has_entry_id"): [{"entry_id": " "}],
    ("blacklist", "has_customer_id"): [{"customer_id": ""}],
    ("blacklist", "has_list_source"): [{"list_source": ""}, {"list_source": " "}],
    ("blacklist", "is_lifted_after_listed"): [{"lifted_on": date(2019, 3, 3)}],
    ("blacklist", "is_listed_when_known"): [{"listed_on": AFTER, "lifted_on": None}],
    ("blacklist", "is_listed_since_1990"): [{"listed_on": date(1989, 12, 31)}],
    ("blacklist", "is_customer_known"): [{"customer_id": "c9"}, {"customer_id": "known_on_as_of"}],
    ("consents", "has_customer_id"): [{"customer_id": " "}],
    ("consents", "is_given_when_known"): [{"stated_on": AFTER}],
    ("consents", "is_stated_when_known"): [
        {"has_marketing_consent": False, "stated_on": AFTER},
        {"has_marketing_consent": None, "stated_on": AFTER},
        {"erasure_requested_on": date(2019, 11, 4), "stated_on": AFTER},
    ],
    ("consents", "is_erasure_requested_when_known"): [{"erasure_requested_on": AFTER}],
    ("consents", "is_stated_since_1990"): [{"stated_on": date(1989, 12, 31)}],
    ("consents", "is_customer_known"): [{"customer_id": "c9"}, {"customer_id": "known_on_as_of"}],
    ("guarantees", "has_guarantee_id"): [{"guarantee_id": ""}],
    ("guarantees", "has_guarantor_id"): [{"guarantor_id": " "}],
    ("guarantees", "has_customer_id"): [{"customer_id": ""}],
    ("guarantees", "is_guarantor_another"): [{"guarantor_id": "c1"}],
    ("guarantees", "is_granted_when_known"): [{"granted_on": AFTER}],
    ("guarantees", "has_no_negative_amount"): [{"amount": -CENT}],
    ("guarantees", "is_granted_since_1990"): [{"granted_on": date(1989, 12, 31)}],
    ("guarantees", "is_ended_after_granting"): [{"ends_on": date(2019, 1, 1)}],
    ("guarantees", "is_guarantor_known"): [{"guarantor_id": "c9"}, {"guarantor_id": "known_on_as_of"}],
    ("guarantees", "is_customer_known"): [{"customer_id": "c9"}],
    ("outside_exposures", "has_customer_id"): [{"customer_id": " "}],
    **{("outside_exposures", promise): rows for promise, rows in BAD_MONTHS.items()},
    ("outside_exposures", "has_no_negative_amount"): [{"exposure_amount": -CENT}],
    ("outside_exposures", "is_bank_count_in_range"): [{"bank_count": 0}, {"bank_count": 1001}],
    ("ledger_write_offs", "has_branch_id"): [{"branch_id": " "}],
    **{
        ("ledger_write_offs", promise): [{"branch_id": "b1"} | row for row in rows]
        for promise, rows in BAD_LEDGER_MONTHS.items()
    },
    ("ledger_write_offs", "has_no_negative_amount"): [
        {"branch_id": "b1", "month": date(2019, 8, 1), "written_off_amount": -CENT}
    ],
    ("ledger_write_offs", "is_branch_known"): [{"branch_id": "b9"}, {"branch_id": "known_on_as_of"}],
}

SOUND: dict[str, list[Row]] = {
    "blacklist": [
        {},
        {"listed_on": date(2019, 11, 5), "lifted_on": date(2019, 11, 5)},
        {"listed_on": date(1990, 1, 1), "lifted_on": date(2030, 1, 1)},
        dict.fromkeys(("lifted_on", "reason")),
    ],
    "consents": [
        {},
        {"stated_on": date(2019, 11, 5)},
        {"has_marketing_consent": False, "stated_on": date(2019, 11, 5), "erasure_requested_on": date(2019, 11, 5)},
        {"has_marketing_consent": None, "stated_on": date(1990, 1, 1), "erasure_requested_on": date(1990, 1, 1)},
    ],
    "guarantees": [
        {},
        {"granted_on": date(2019, 11, 5), "ends_on": date(2019, 11, 5), "amount": Decimal("0.00")},
        {"granted_on": date(1990, 1, 1)},
        dict.fromkeys(("amount", "granted_on", "ends_on")),
    ],
    "outside_exposures": [
        *SOUND_MONTHS,
        {"bank_count": 1, "exposure_amount": Decimal("0.00")},
        {"bank_count": 1000},
        dict.fromkeys(("bank_count", "exposure_amount")),
    ],
    "ledger_write_offs": [
        *({"branch_id": "b1"} | row for row in SOUND_MONTHS),
        {"branch_id": "b1", "month": date(2019, 7, 1), "written_off_amount": Decimal("0.00")},
    ],
}
