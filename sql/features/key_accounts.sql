-- One row a customer known before :as_of, with the key-account rule turnover_80_v1 of that day.
-- Key accounts are the smallest set of customers that makes 80 % of the turnover of the last twelve months, largest first, ties by
-- customer_id. Who has no positive turnover is none and has no place.
with known as (
    select distinct c.customer_id
    from landing.customers as c
    where
        c.known_on < cast(:as_of as date)
        and not exists (
            select 1 as found
            from ops.quarantine as q
            where
                q.table_name = 'customers'
                and q.row_key = c.customer_id || '|' || cast(c.source_known_on as varchar(10))
        )
),

turnover as (
    select
        f.customer_id,
        sum(f.inflow_cny - f.inflow_return_cny) as value_12m_cny
    from facts.customer_month as f
    where
        f.month < cast(:as_of as date)
        and f.known_month < cast(:as_of as date)
        and f.month >= cast(cast(:as_of as date) - interval '12' month as date)
    group by f.customer_id
),

valued as (
    select
        k.customer_id,
        cast(coalesce(t.value_12m_cny, 0) as numeric(18, 2)) as value_12m_cny,
        coalesce(t.value_12m_cny, 0) > 0 as has_value
    from known as k
    left join turnover as t on k.customer_id = t.customer_id
),

placed as (
    select
        v.customer_id,
        v.value_12m_cny,
        v.has_value,
        row_number() over (order by v.value_12m_cny desc, v.customer_id collate "C" asc) as place,  -- noqa: references.consistent
        sum(v.value_12m_cny) over (partition by v.has_value) as whole_cny,
        sum(v.value_12m_cny) over (
            order by v.value_12m_cny desc, v.customer_id collate "C" asc  -- noqa: references.consistent
            rows between unbounded preceding and current row
        ) as running_cny
    from valued as v
)

select
    p.customer_id,
    cast(:as_of as date) as as_of,
    'turnover_80_v1' as rule_version,
    p.has_value and p.running_cny - p.value_12m_cny < 0.8 * p.whole_cny as is_key_account,
    'turnover_12m' as basis,
    p.value_12m_cny,
    case
        when p.has_value
            then cast(p.value_12m_cny as double precision) / nullif(cast(p.whole_cny as double precision), 0)
    end as value_share,
    case when p.has_value then cast(p.place as integer) end as place
from placed as p
