-- One row a customer of features.customer_profile of :as_of with :first_customer <= customer_id < :next_customer (null: no end), from events
-- that occurred and were known before :as_of. No row at all while no event was known, so a bank without events has null, and a customer
-- without events zero.
with received_events as (
    select
        e.event_id,
        e.customer_id,
        e.kind,
        e.value,
        e.occurred_on,
        e.source_known_on
    from valid.events as e
    where e.known_on < cast(:as_of as date) and e.occurred_on < cast(:as_of as date)
),

known_events as (
    select
        e.customer_id,
        e.kind,
        e.value,
        e.occurred_on,
        e.occurred_on >= cast(cast(:as_of as date) - interval '3' month as date) as is_in_3m,
        e.occurred_on >= cast(cast(:as_of as date) - interval '12' month as date) as is_in_12m,
        cast(:as_of as date) - e.occurred_on as days_back,
        row_number() over (
            partition by e.customer_id, e.kind
            order by e.occurred_on desc, e.source_known_on desc, e.event_id collate "C" desc  -- noqa: references.consistent
        ) as newest
    from received_events as e
    where
        e.customer_id >= :first_customer
        and (cast(:next_customer as varchar(64)) is null or e.customer_id < cast(:next_customer as varchar(64)))
),

counted_events as (
    select
        e.customer_id,
        count(*) filter (where e.kind = 'arrears' and e.is_in_12m) as arrears_count_12m,
        max(e.value) filter (where e.kind = 'arrears' and e.is_in_3m) as arrears_days_3m,
        max(e.value) filter (where e.kind = 'arrears' and e.is_in_12m) as arrears_days_12m,
        min(e.days_back) filter (where e.kind = 'arrears') as days_since_arrears,
        count(*) filter (where e.kind in ('default', 'insolvency') and e.is_in_12m) as default_count_12m,
        max(e.value) filter (where e.kind = 'class5' and e.newest = 1) as class5_latest,
        count(*) filter (where e.kind = 'complaint' and e.is_in_12m) as complaint_count_12m,
        count(*) filter (where e.kind = 'report' and e.is_in_12m) as report_count_12m
    from known_events as e
    group by e.customer_id
)

select
    c.customer_id,
    cast(:as_of as date) as as_of,
    cast(coalesce(e.arrears_count_12m, 0) as double precision) as arrears_count_12m,
    cast(coalesce(e.arrears_days_3m, 0) as double precision) as arrears_days_3m,
    cast(coalesce(e.arrears_days_12m, 0) as double precision) as arrears_days_12m,
    cast(e.days_since_arrears as double precision) as days_since_arrears,
    cast(coalesce(e.default_count_12m, 0) as double precision) as default_count_12m,
    cast(e.class5_latest as double precision) as class5_latest,
    cast(coalesce(e.complaint_count_12m, 0) as double precision) as complaint_count_12m,
    cast(coalesce(e.report_count_12m, 0) as double precision) as report_count_12m
from features.customer_profile as c
left join counted_events as e on c.customer_id = e.customer_id
where
    c.as_of = cast(:as_of as date)
    and c.customer_id >= :first_customer
    and (cast(:next_customer as varchar(64)) is null or c.customer_id < cast(:next_customer as varchar(64)))
    and (select count(*) from received_events) > 0
