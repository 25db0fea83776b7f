-- One row a customer with turnover in the twelve months before :as_of: growth_v1, answered from months :as_of <= month < :matured_on,
-- known before :known_before; no row while that is before :matured_on.
-- Growth is turnover of the next :horizon_months, as a monthly mean, of at least :least_multiple times the mean of the twelve months
-- before (of the months of history where they are fewer), and of at least :least_amount: from almost nothing to little is no growth.
with ahead as (
    select
        m.customer_id,
        cast(sum(m.inflow_amount - m.inflow_return_amount) as double precision) / :horizon_months as turnover_mean_ahead
    from facts.customer_month as m
    where
        m.month >= cast(:as_of as date)
        and m.month < cast(:matured_on as date)
        and m.known_month < cast(:known_before as date)
    group by m.customer_id
)

select
    f.customer_id,
    coalesce(a.turnover_mean_ahead, 0) >= greatest(:least_multiple * f.turnover_mean_12m, :least_amount) as label
from features.customer_features as f
left join ahead as a on f.customer_id = a.customer_id
where
    f.as_of = cast(:as_of as date)
    and f.turnover_mean_12m > 0
    and cast(:matured_on as date) <= cast(:known_before as date)
