-- One row a customer of features.customer_profile of :as_of with :first_customer <= customer_id < :next_customer (null: no end): what the
-- bank's books say, from features.customer_positions of :as_of, as numbers and ratios; null where nothing is known or a divisor is zero.
-- Turnover is the mean of twelve months of features.customer_flows.
select
    c.customer_id,
    cast(:as_of as date) as as_of,
    cast(p.deposit_balance as double precision) as deposit_balance,
    cast(p.deposit_balance_sum_3m as double precision) * 4 / nullif(cast(p.deposit_balance_sum_12m as double precision), 0) as deposits_ratio_3m_12m,
    cast(p.deposit_balance_sum_3m as double precision) / 3 / nullif(greatest(f.turnover_mean_12m, 0), 0) as deposits_to_turnover,
    cast(p.holding_value as double precision) as holding_value,
    cast(p.product_count as double precision) as product_count,
    cast(p.loan_balance as double precision) as loan_balance,
    cast(p.loan_balance as double precision) / nullif(cast(p.loan_balance_before_6m as double precision), 0) as loans_ratio_6m_ago,
    cast(p.loan_balance as double precision) / nullif(greatest(f.turnover_mean_12m, 0), 0) as loans_to_turnover,
    cast(p.overdue_amount as double precision) / nullif(cast(p.loan_balance as double precision), 0) as overdue_share,
    cast(p.days_past_due as double precision) as days_past_due,
    cast(p.days_past_due_peak_12m as double precision) as days_past_due_peak_12m,
    cast(p.loan_class5 as double precision) as loan_class5,
    cast(p.loan_balance as double precision) / nullif(cast(p.limit_amount as double precision), 0) as limit_use,
    cast(p.collateral_value as double precision) / nullif(cast(p.loan_balance as double precision), 0) as collateral_cover,
    cast(p.next_maturity_on - cast(:as_of as date) as double precision) as days_to_maturity,
    cast(p.contribution_12m as double precision) / 12 as contribution_mean_12m,
    cast(p.contribution_3m * 4 - p.contribution_12m as double precision) / 12 as contribution_change_3m,
    cast(p.report_liabilities as double precision) / nullif(cast(p.report_assets as double precision), 0) as liabilities_to_assets,
    cast(p.report_net_income as double precision) / nullif(cast(p.report_revenue as double precision), 0) as net_margin,
    cast(p.report_revenue as double precision) / nullif(cast(p.report_revenue_before as double precision), 0) as revenue_ratio_year_ago,
    cast(cast(:as_of as date) - p.report_period_end as double precision) as days_since_report
from features.customer_profile as c
inner join features.customer_positions as p on c.customer_id = p.customer_id and c.as_of = p.as_of
left join features.customer_flows as f on c.customer_id = f.customer_id and c.as_of = f.as_of
where
    c.as_of = cast(:as_of as date)
    and c.customer_id >= :first_customer
    and (cast(:next_customer as varchar(64)) is null or c.customer_id < cast(:next_customer as varchar(64)))
