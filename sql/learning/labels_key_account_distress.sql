-- One row a customer with turnover in the twelve months before :as_of: distress_v1, answered from :as_of <= day < :matured_on,
-- known before :known_before; no row while that is before :matured_on.
-- Distress is turnover of the next :horizon_months under :least_multiple times the mean of the twelve months before, arrears of
-- :least_arrears_days, a default,
-- an insolvency, or a five-class grade worse than the last one known at :as_of (1 where none is).
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
),

happened as (
    select
        e.customer_id,
        max(case when e.kind = 'arrears' then e.value end) as arrears_days,
        max(case when e.kind = 'class5' then e.value end) as class5_worst,
        sum(case when e.kind in ('default', 'insolvency') then 1 else 0 end) as default_count
    from landing.events as e
    where
        e.occurred_on >= cast(:as_of as date)
        and e.occurred_on < cast(:matured_on as date)
        and e.known_on < cast(:known_before as date)
        and not exists (
            select 1 as found
            from ops.quarantine as q
            where
                q.table_name = 'events'
                and q.row_key = e.event_id || '|' || cast(e.source_known_on as varchar(10))
        )
    group by e.customer_id
)

select
    f.customer_id,
    coalesce(a.turnover_mean_ahead, 0) < :least_multiple * f.turnover_mean_12m
    or coalesce(h.arrears_days, 0) >= :least_arrears_days
    or coalesce(h.default_count, 0) > 0
    or coalesce(h.class5_worst, 1) > coalesce(f.class5_latest, 1) as label
from features.customer_features as f
left join ahead as a on f.customer_id = a.customer_id
left join happened as h on f.customer_id = h.customer_id
where
    f.as_of = cast(:as_of as date)
    and f.turnover_mean_12m > 0
    and cast(:matured_on as date) <= cast(:known_before as date)
