"""Outside exposures: what other banks have lent to some borrowing firms, as a credit register tells every quarter."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from demo.calendar import Calendar
from demo.columns import Ints, as_dates, as_money, name_customers
from demo.customers import Customers
from demo.telling import keep_known

SHARE_TOLD = 0.4  # of borrowing firms
MONTHS_LENT, LENT_SPREAD, DRIFT = 3.0, 0.8, 0.15  # turnover when it came; of luck once, and a quarter
LARGE_CNY, MOST_BANKS = 1e5, 8  # turnover a month from which more banks lend
TOLD_ON = (10, 20)  # days into the next month


def tabulate_outside_exposures(
    rng: np.random.Generator, customers: Customers, last_day: Ints, calendar: Calendar
) -> pa.Table:
    """Lay out landing.outside_exposures: a row a firm and quarter's last month; it hangs on size and luck alone."""
    quarters = np.flatnonzero(calendar.month_of_year[: calendar.months] % 3 == 2)
    is_received = customers.is_borrower & ~customers.is_person & (rng.random(len(customers)) < SHARE_TOLD)
    firm = np.flatnonzero(is_received)
    size = np.log(np.maximum(customers.base_amount[firm] / LARGE_CNY, 1.0))
    banks = np.minimum(1 + rng.poisson(0.5 + 0.6 * size), MOST_BANKS)
    luck = LENT_SPREAD * rng.standard_normal(firm.size)[:, None]
    drift = np.cumsum(DRIFT * rng.standard_normal((firm.size, quarters.size)), axis=1)
    owed = np.rint(customers.base_amount[firm][:, None] * MONTHS_LENT * np.exp(luck + drift)) * 100
    known = calendar.first_day[quarters + 1] - 1 + rng.integers(*TOLD_ON, quarters.size)
    first, last = calendar.first_day[quarters][None, :], last_day[firm][:, None]
    is_there = (first >= customers.joined[firm][:, None]) & (first < last)
    row, quarter = np.nonzero(is_there)
    order = keep_known(known[quarter], int(calendar.first_day[-1]))
    row, quarter = row[order], quarter[order]
    return pa.table(
        {
            "customer_id": name_customers(customers.number[firm[row]]),
            "month": as_dates(calendar.first_day[quarters[quarter]]),
            "bank_count": pa.array(banks[row].astype(np.int32)),
            "exposure_amount": as_money(owed[row, quarter]),
            "known_on": as_dates(known[quarter]),
        }
    )
