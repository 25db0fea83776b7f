-- One row a percent of the customers that have any value, the most valuable first: what they bring and which share of the bank's whole
-- that is with those before them, as of :as_of. Value is that of the key-account rule; who costs more than he brings is at the end, so the
-- share may rise over one and come back. Ties by customer_id.
with ranked as (
    select
        k.value_12m,
        k.basis,
        row_number() over (order by k.value_12m desc, k.customer_id collate "C" asc) as place,  -- noqa: references.consistent
        count(*) over () as customer_count,
        sum(k.value_12m) over () as total_value
    from features.key_accounts as k
    where k.as_of = cast(:as_of as date) and k.value_12m <> 0
),

-- the percent that a place falls into, rounded up, in whole numbers
placed as (
    select
        r.value_12m,
        r.basis,
        r.total_value,
        cast(
            (100 * r.place + r.customer_count - 1 - mod(100 * r.place + r.customer_count - 1, r.customer_count)) / r.customer_count as integer
        ) as percent
    from ranked as r
),

percents as (
    select
        p.percent,
        p.basis,
        p.total_value,
        count(*) as customer_count,
        sum(p.value_12m) as money_value
    from placed as p
    group by p.percent, p.basis, p.total_value
)

select
    :run_id as run_id,
    cast(:as_of as date) as as_of,
    p.percent,
    p.basis,
    cast(p.customer_count as integer) as customer_count,
    cast(p.money_value as numeric(18, 2)) as value_12m,
    cast(sum(p.money_value) over (order by p.percent) as double precision) / nullif(cast(p.total_value as double precision), 0) as running_share,
    :rule_version as rule_version
from percents as p
