-- One row a customer of features.customer_profile of :as_of with any partner, :first_customer <= customer_id < :next_customer (null: no end);
-- from months booked and known before :as_of. Partners are payers (side in) and payees (side out).
-- What passed with each partner in the last 3 months, the 9 before them and the 12 before those; sums are exact (numeric), and become double
-- precision once, so that both engines give the same bits. Null is unknown: a zero divisor, or no partner of that side.
with passed as (
    select
        p.customer_id,
        p.side,
        cast(coalesce(sum(p.amount) filter (where p.month >= cast(cast(:as_of as date) - interval '3' month as date)), 0) as numeric(20, 2))
            as now_3m,
        cast(coalesce(sum(p.amount) filter (where p.month >= cast(cast(:as_of as date) - interval '12' month as date)), 0) as numeric(20, 2))
            as now_12m,
        cast(coalesce(sum(p.amount), 0) as numeric(20, 2)) as now_24m
    from facts.partner_month as p
    inner join features.customer_profile as c on p.customer_id = c.customer_id and c.as_of = cast(:as_of as date)
    where
        p.month < cast(:as_of as date)
        and p.known_month < cast(:as_of as date)
        and p.month >= cast(cast(:as_of as date) - interval '24' month as date)
        and p.customer_id >= :first_customer
        and (cast(:next_customer as varchar(64)) is null or p.customer_id < cast(:next_customer as varchar(64)))
    group by p.customer_id, p.side, p.counterparty_id
),

placed as (
    select
        p.customer_id,
        p.side,
        greatest(p.now_3m, 0) as now_3m,
        greatest(p.now_12m - p.now_3m, 0) as before_9m,
        greatest(p.now_12m, 0) as now_12m,
        greatest(p.now_24m - p.now_12m, 0) as before_12m,
        row_number() over (partition by p.customer_id, p.side order by p.now_12m desc) as place
    from passed as p
),

concentrated as (
    select
        p.customer_id,
        p.side,
        cast(count(*) filter (where p.now_3m > 0) as double precision) as partners_3m,
        cast(count(*) filter (where p.now_12m > 0) as double precision) as partners_12m,
        cast(count(*) filter (where p.before_12m > 0) as double precision) as partners_before_12m,
        cast(max(p.now_3m) as double precision) / nullif(cast(sum(p.now_3m) as double precision), 0) as largest_share_3m,
        cast(max(p.now_12m) as double precision) / nullif(cast(sum(p.now_12m) as double precision), 0) as largest_share_12m,
        cast(coalesce(sum(p.now_12m) filter (where p.place <= 3), 0) as double precision)
        / nullif(cast(sum(p.now_12m) as double precision), 0) as top3_share_12m,
        cast(sum(p.now_12m * p.now_12m) as double precision)
        / nullif(cast(sum(p.now_12m) as double precision) * cast(sum(p.now_12m) as double precision), 0) as hhi_12m,
        cast(coalesce(sum(p.now_3m) filter (where p.before_9m = 0), 0) as double precision)
        / nullif(cast(sum(p.now_3m) as double precision), 0) as new_share_3m,
        cast(coalesce(sum(p.before_9m) filter (where p.now_3m > 0), 0) as double precision)
        / nullif(cast(sum(p.before_9m) as double precision), 0) as kept_share_3m,
        cast(coalesce(sum(p.before_12m) filter (where p.now_12m > 0), 0) as double precision)
        / nullif(cast(sum(p.before_12m) as double precision), 0) as kept_share_12m
    from placed as p
    group by p.customer_id, p.side
)

select
    c.customer_id,
    cast(:as_of as date) as as_of,
    ci.partners_3m as inflow_partners_3m,
    ci.partners_12m as inflow_partners_12m,
    ci.partners_3m / nullif(ci.partners_12m, 0) as inflow_partners_ratio_3m_12m,
    ci.partners_12m / nullif(ci.partners_before_12m, 0) as inflow_partners_ratio_12m_before,
    ci.largest_share_3m as inflow_largest_share_3m,
    ci.largest_share_12m as inflow_largest_share_12m,
    ci.top3_share_12m as inflow_top3_share_12m,
    ci.hhi_12m as inflow_concentration_12m,
    ci.new_share_3m as inflow_new_share_3m,
    ci.kept_share_3m as inflow_kept_share_3m,
    ci.kept_share_12m as inflow_kept_share_12m,
    co.partners_3m as outflow_partners_3m,
    co.partners_12m as outflow_partners_12m,
    co.partners_3m / nullif(co.partners_12m, 0) as outflow_partners_ratio_3m_12m,
    co.partners_12m / nullif(co.partners_before_12m, 0) as outflow_partners_ratio_12m_before,
    co.largest_share_12m as outflow_largest_share_12m,
    co.top3_share_12m as outflow_top3_share_12m,
    co.hhi_12m as outflow_concentration_12m,
    co.new_share_3m as outflow_new_share_3m,
    co.kept_share_3m as outflow_kept_share_3m,
    co.kept_share_12m as outflow_kept_share_12m
from features.customer_profile as c
left join concentrated as ci on c.customer_id = ci.customer_id and ci.side = 'in'
left join concentrated as co on c.customer_id = co.customer_id and co.side = 'out'
where
    c.as_of = cast(:as_of as date)
    and c.customer_id >= :first_customer
    and (cast(:next_customer as varchar(64)) is null or c.customer_id < cast(:next_customer as varchar(64)))
