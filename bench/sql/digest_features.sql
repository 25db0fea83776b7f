-- One row: how many customers with a history are described :as_of, and the sums of some of their features
select
    count(*) as customers,
    sum(f.turnover_mean_12m) as turnover_mean_12m,
    sum(f.turnover_volatility_12m) as turnover_volatility_12m,
    sum(f.turnover_slope_24m) as turnover_slope_24m,
    sum(f.outflow_mean_3m) as outflow_mean_3m,
    sum(f.inflow_count_mean_12m) as inflow_count_mean_12m,
    sum(f.inflow_partners_12m) as inflow_partners_12m,
    sum(f.outflow_concentration_12m) as outflow_concentration_12m
from features.customer_features as f
where f.as_of = cast(:as_of as date) and f.months_of_history is not null
