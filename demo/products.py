"""Products: what the bank sells, at which posted rate, and how the prices of those that swing have moved."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from demo.calendar import Calendar
from demo.columns import Floats, Ints, as_dates


@dataclass(frozen=True)
class Product:
    """One product; `rate_ratio` is posted, a year; `arrives` the share of the bank's months before its launch."""

    product_id: str
    kind: str
    yield_type: str
    words_en: str
    words_zh: str
    rate_ratio: float
    term_months: int = 0
    arrives: float = 0.0
    swing: float = 0.0  # of the log price, a month
    fee_ratio: float = 0.0  # of the amount, a year


PRODUCTS = (
    Product("D01", "deposit", "fixed", "demand deposit", "活期存款", 0.0010),
    Product("D02", "deposit", "fixed", "seven-day notice deposit", "七天通知存款", 0.0065),
    Product("D03", "deposit", "fixed", "one-year time deposit", "一年期定期存款", 0.0110, 12),
    Product("D04", "deposit", "fixed", "three-year time deposit", "三年期定期存款", 0.0155, 36),
    Product("L01", "loan", "none", "working capital loan", "流动资金贷款", 0.0435, 12),
    Product("L02", "loan", "none", "fixed asset loan", "固定资产贷款", 0.0480, 60),
    Product("L03", "loan", "none", "personal consumer loan", "个人消费贷款", 0.0650, 36),
    Product("L04", "loan", "none", "mortgage loan", "个人住房贷款", 0.0395, 240),
    Product("W01", "wealth", "protected", "structured deposit, 90 days", "结构性存款90天", 0.0180, 3, fee_ratio=0.003),
    Product("W02", "wealth", "floating", "fixed-income plan, 6 months", "固收理财6个月", 0.0260, 6, 0.0, 0.004, 0.005),
    Product("W03", "wealth", "floating", "mixed plan, 12 months", "混合理财12个月", 0.0350, 12, 0.5, 0.020, 0.008),
    Product("F01", "fund", "floating", "equity fund", "股票型基金", 0.0, 0, 0.0, 0.050, 0.012),
    Product(
        "I01", "insurance", "protected", "endowment insurance, 5 years", "五年期两全保险", 0.0200, 60, fee_ratio=0.010
    ),
    Product("S01", "service", "none", "payroll", "代发工资", 0.0),
    Product("S02", "service", "none", "corporate e-banking", "企业网银", 0.0),
    Product("S03", "service", "none", "cash management", "现金管理", 0.0, 0, 0.3),
    Product("S04", "service", "none", "merchant acquiring", "商户收单", 0.0),
)
DEMAND, NOTICE, YEAR, THREE_YEARS, WORKING, FIXED_ASSET, CONSUMER, MORTGAGE = range(8)
FIRST_HELD, FIRST_SERVICE = 8, 13
RATES = np.array([product.rate_ratio for product in PRODUCTS])
TERMS = np.array([product.term_months for product in PRODUCTS])
SWINGS = np.array([product.swing for product in PRODUCTS])
FEES = np.array([product.fee_ratio for product in PRODUCTS])
LONG_AGO = 3650  # days before the first month on which the older products came
NOTICE_DAYS = 14  # between the bank's word of a new product and its launch


def find_launches(calendar: Calendar) -> Ints:
    """Return the day on which each product is first sold."""
    arrives = np.array([product.arrives for product in PRODUCTS])
    day = calendar.first_day[(arrives * calendar.months).astype(np.int64)] + NOTICE_DAYS
    return np.where(arrives > 0, day, calendar.first_day[0] - LONG_AGO)


def draw_prices(rng: np.random.Generator, calendar: Calendar) -> Floats:
    """Return each product's price at each month's end (products x months), 1 at the beginning."""
    steps = RATES[:, None] / 12 + SWINGS[:, None] * rng.standard_normal((len(PRODUCTS), calendar.months))
    return np.exp(np.cumsum(np.where(SWINGS[:, None] > 0, steps, 0.0), axis=1))


def tabulate_products(calendar: Calendar) -> pa.Table:
    """Lay out landing.products, as far as the bank has told of them."""
    launched = find_launches(calendar)
    known = launched - NOTICE_DAYS
    kept = [place for place in range(len(PRODUCTS)) if known[place] < calendar.first_day[-1]]
    products = [PRODUCTS[place] for place in kept]
    return pa.table(
        {
            "product_id": pa.array([product.product_id for product in products]),
            "kind": pa.array([product.kind for product in products]),
            "name": pa.array([product.words_zh for product in products]),
            "name_en": pa.array([product.words_en for product in products]),
            "yield_type": pa.array([product.yield_type for product in products]),
            "posted_rate_ratio": pa.array([product.rate_ratio for product in products]),
            "term_months": pa.array([product.term_months or None for product in products], pa.int32()),
            "launched_on": as_dates(launched[kept]),
            "known_on": as_dates(known[kept]),
        }
    )
