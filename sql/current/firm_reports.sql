-- one row a customer, period end and period length: of its valid rows known before :as_of the one with the latest source_known_on; as of :as_of
select
    n.customer_id,
    n.period_end,
    n.period_months,
    n.revenue,
    n.operating_profit,
    n.net_income,
    n.assets,
    n.liabilities,
    n.equity,
    n.known_on,
    n.source_known_on
from (
    select
        v.*,
        row_number() over (partition by v.customer_id, v.period_end, v.period_months order by v.source_known_on desc) as newest
    from valid.firm_reports as v
    where v.known_on < cast(:as_of as date)
) as n
where n.newest = 1
