"""Rows that break one promise and no other, and rows near the edge that break none: the registers."""

from __future__ import annotations

from datetime import date
from typing import Any

Row = dict[str, Any]

AFTER = date(2019, 11, 6)  # the day after a row was stated that says nothing else

BREAKING: dict[tuple[str, str], list[Row]] = {
    ("products", "has_product_id"): [{"product_id": " "}],
    ("products", "is_kind_known"): [{"kind": "savings"}],
    ("products", "is_yield_type_known"): [{"yield_type": "guaranteed"}],
    ("products", "is_rate_in_range"): [{"posted_rate_ratio": 1.1}, {"posted_rate_ratio": -0.001}],
    ("products", "is_term_positive"): [{"term_months": 0}],
    ("branches", "has_branch_id"): [{"branch_id": ""}],
    ("branches", "is_kind_known"): [{"kind": "shop"}],
    ("branches", "is_parent_known"): [{"parent_branch_id": "b9"}],
    ("branches", "is_parent_another"): [{"branch_id": "loop", "parent_branch_id": "loop"}],
    ("managers", "has_manager_id"): [{"manager_id": ""}],
    ("managers", "is_joined_when_known"): [{"joined_on": AFTER, "left_on": None}],
    ("managers", "is_exam_passed_when_known"): [{"exam_passed_on": AFTER}],
    ("managers", "is_left_after_joining"): [{"left_on": date(2010, 1, 3)}],
    ("managers", "is_branch_known"): [{"branch_id": "b9"}, {"branch_id": "known_on_as_of"}],
    ("manager_skills", "has_manager_id"): [{"manager_id": " "}],
    ("manager_skills", "is_skill_known"): [
        {"manager_id": "m1", "skill": "all_round"},
        {"manager_id": "m1", "skill": "Corporate"},
    ],
    ("manager_skills", "is_attained_when_known"): [{"manager_id": "m1", "skill": "retail", "attained_on": AFTER}],
    ("manager_skills", "is_manager_known"): [{"manager_id": "m9"}, {"manager_id": "known_on_as_of"}],
    ("industries", "has_industry_code"): [{"industry_code": " "}],
    ("industries", "has_name"): [{"name": None, "name_en": None}, {"name": " ", "name_en": ""}],
    ("calendar", "is_day_plausible"): [{"day": date(1989, 12, 31)}, {"day": date(2101, 1, 1)}],
    ("calendar", "is_holiday_off"): [{"is_business_day": True}],
}

SOUND: dict[str, list[Row]] = {
    "products": [
        {},
        {"kind": "overdraft", "yield_type": "none", "posted_rate_ratio": 0.0, "term_months": 1},
        {"kind": "card", "yield_type": "protected", "posted_rate_ratio": 1.0},
        {"yield_type": None, "posted_rate_ratio": None, "term_months": None},
    ],
    "branches": [
        {"branch_id": "root"},
        {"kind": "sub_branch", "parent_branch_id": "root"},
        {"kind": None},
    ],
    "managers": [
        {},
        {"joined_on": date(2019, 11, 5), "exam_passed_on": date(2019, 11, 5), "left_on": date(2019, 11, 5)},
        {"left_on": date(2019, 12, 31)},
        dict.fromkeys(("branch_id", "exam_passed_on", "joined_on", "left_on")),
    ],
    "manager_skills": [
        {"manager_id": "m1"},
        {"manager_id": "m1", "skill": "corporate", "attained_on": date(2019, 11, 5)},
        {"manager_id": "m1", "skill": "wealth", "is_held": False, "attained_on": None},
        {"manager_id": "m1", "skill": "settlement"},
    ],
    "industries": [{}, {"name": None, "name_en": "machinery"}],
    "calendar": [
        {},
        {"day": date(1990, 1, 1)},
        {"day": date(2100, 12, 31)},
        {"is_business_day": True, "holiday": None},
        {"is_business_day": False, "holiday": None},
    ],
}
