-- one row a customer, period and day it was stated; known in [:known_from, :known_before)
select
    r.customer_id as customer_id,
    r.period_end as period_end,
    r.period_months as period_months,
    r.revenue_cny as revenue_cny,
    r.operating_profit_cny as operating_profit_cny,
    r.net_income_cny as net_income_cny,
    r.assets_cny as assets_cny,
    r.liabilities_cny as liabilities_cny,
    r.equity_cny as equity_cny,
    cast(r.known_on as date) as known_on
from firm_reports as r
where
    cast(r.known_on as date) >= cast(:known_from as date)
    and cast(r.known_on as date) < cast(:known_before as date)
