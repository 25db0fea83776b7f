-- one row an eligible customer in the run :run_id, of at most :fit_customers of them drawn by the md5 of their ids, which any engine draws
-- alike, in the order of ids; as of the run
select
    d.customer_id,
    d.turnover_12m,
    d.assets,
    d.loans_ratio,
    d.product_count,
    d.months_with_bank,
    d.contribution_mean
from (
    select
        m.customer_id,
        m.turnover_12m,
        m.assets,
        m.loans_ratio,
        m.product_count,
        m.months_with_bank,
        m.contribution_mean
    from crm.segment_measures_v1 as m
    where m.run_id = :run_id and m.cause is null
    order by md5(m.customer_id) collate "C", m.customer_id collate "C"  -- noqa: references.consistent
    limit :fit_customers
) as d
order by d.customer_id collate "C"  -- noqa: references.consistent
