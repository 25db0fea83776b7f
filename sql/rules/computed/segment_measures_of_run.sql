-- one row a customer in the run :run_id with what it is told apart by, in the order of ids; as of the run
select
    m.customer_id,
    m.cause,
    m.turnover_12m,
    m.assets,
    m.loans_ratio,
    m.product_count,
    m.months_with_bank,
    m.contribution_mean
from crm.segment_measures_v1 as m
where m.run_id = :run_id
order by m.customer_id collate "C"  -- noqa: references.consistent
