-- one row a customer, period and day it was stated; known in [:known_from, :known_before)
select
    r.customer_id as customer_id,
    r.period_end as period_end,
    r.period_months as period_months,
    r.revenue as revenue,
    r.operating_profit as operating_profit,
    r.net_income as net_income,
    r.assets as assets,
    r.liabilities as liabilities,
    r.equity as equity,
    cast(r.known_on as date) as known_on
from firm_reports as r
where
    cast(r.known_on as date) >= cast(:known_from as date)
    and cast(r.known_on as date) < cast(:known_before as date)
