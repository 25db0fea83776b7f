-- One row an event as stated; known before :as_of. Each is_/has_ column is a promise: false where broken, null where it cannot be told.
with known_customers as (
    select distinct k.customer_id as customer_id
    from landing.customers as k
    where k.known_on < cast(:as_of as date)
),

stated_twice as (
    select s.event_id as event_id
    from landing.events as s
    where s.known_on < cast(:as_of as date)
    group by s.event_id
    having count(*) > 1
)

select
    e.event_id || '|' || cast(e.source_known_on as varchar(10)) as row_key,
    e.known_on as known_on,
    trim(e.event_id) <> '' as has_event_id,
    trim(e.customer_id) <> '' as has_customer_id,
    e.kind in ('arrears', 'default', 'insolvency', 'class5', 'complaint', 'report') as is_kind_known,
    case
        when e.kind = 'arrears' then coalesce(e.value between 0 and 36525, false)
        when e.kind = 'class5' then coalesce(e.value in (1, 2, 3, 4, 5), false)
        else true
    end as is_value_in_range,
    e.occurred_on <= e.source_known_on as is_dated_when_known,
    e.occurred_on >= date '1990-01-01' as is_dated_since_1990,
    case when trim(e.customer_id) <> '' then c.customer_id is not null end as is_customer_known,
    d.event_id is null as is_stated_once
from landing.events as e
left join known_customers as c on e.customer_id = c.customer_id
left join stated_twice as d on e.event_id = d.event_id
where e.known_on < cast(:as_of as date)
