"""Words for a banker: one sentence a reason, in English and in Chinese."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType

from models.declare.spec import Feature

LONGEST = 300
REST = "(rest)"
Scales = tuple[tuple[float, str], ...]
ENGLISH_SCALES: Scales = ((1e9, " billion"), (1e6, " million"), (1e3, " thousand"))
CHINESE_SCALES: Scales = ((1e8, "亿"), (1e4, "万"))


def write_english(feature: Feature, value: float, shapley: float) -> str:
    """Say for instance: mean monthly inflow, last 3 months: CNY 1.2 million, raises the chance."""
    return _fit(f"{feature.words_en}: {_value_english(feature.unit, value)}", f", {effect_english(shapley)}")


def write_chinese(feature: Feature, value: float, shapley: float) -> str:
    """Say for instance: 近3个月月均流入：120万元，推高概率."""
    return _fit(f"{feature.words_zh}：{_value_chinese(feature.unit, value)}", f"，{effect_chinese(shapley)}")


def write_rest(count: int, shapley: float) -> tuple[str, str]:
    """Say in both languages what all features that are not named do together."""
    effect = "raise the chance" if shapley > 0 else "lower the chance" if shapley < 0 else "have no effect"
    return f"the other {count} features together {effect}", f"其余{count}项特征合计，{effect_chinese(shapley)}"


def effect_english(shapley: float) -> str:
    """Say whether a reason raises or lowers the score."""
    return "raises the chance" if shapley > 0 else "lowers the chance" if shapley < 0 else "no effect"


def effect_chinese(shapley: float) -> str:
    """Say in Chinese whether a reason raises or lowers the score."""
    return "推高概率" if shapley > 0 else "拉低概率" if shapley < 0 else "无影响"


def _value_english(unit: str, value: float) -> str:
    return "unknown" if math.isnan(value) else _ENGLISH[unit](value)


def _value_chinese(unit: str, value: float) -> str:
    return "未知" if math.isnan(value) else _CHINESE[unit](value)


def _fit(text: str, effect: str) -> str:
    return text[: LONGEST - len(effect)] + effect


def _round(value: float) -> str:
    """Round to three figures at most, without an exponent, and never to a negative zero."""
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    text = f"{value:.{digits}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def _scale(value: float, scales: Scales) -> str:
    for size, word in scales:
        if abs(value) >= size:
            return f"{_round(value / size)}{word}"
    return _round(value)


def _plural(value: float, word: str) -> str:
    number = _round(value)
    return f"{number} {word}" if number == "1" else f"{number} {word}s"


_ENGLISH: Mapping[str, Callable[[float], str]] = MappingProxyType(
    {
        "money": lambda value: f"CNY {_scale(value, ENGLISH_SCALES)}",
        "count": _round,
        "ratio": _round,
        "months": lambda value: _plural(value, "month"),
        "days": lambda value: _plural(value, "day"),
        "share": lambda value: f"{_round(100 * value)}%",
        "flag": lambda value: "yes" if value > 0.5 else "no",
    }
)
_CHINESE: Mapping[str, Callable[[float], str]] = MappingProxyType(
    {
        "money": lambda value: f"{_scale(value, CHINESE_SCALES)}元",
        "count": _round,
        "ratio": _round,
        "months": lambda value: f"{_round(value)}个月",
        "days": lambda value: f"{_round(value)}天",
        "share": lambda value: f"{_round(100 * value)}%",
        "flag": lambda value: "是" if value > 0.5 else "否",
    }
)
