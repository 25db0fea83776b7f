-- One row: how many rows of landing known before :as_of break each promise, table by table.
-- The rival of validate: what the suites of expectations/landing ask of rows, as one aggregate query written by hand. `bad` counts the
-- rows that break any promise whose rows are set aside.
with known_customers as (
    select distinct k.customer_id
    from landing.customers as k
    where k.known_on < cast(:as_of as date)
),

customers as (
    select
        count(*) as row_count,
        count(*) filter (where trim(c.customer_id) = '') as has_customer_id,
        count(*) filter (where c.kind not in ('company', 'person')) as is_kind_known,
        count(*) filter (where c.relation not in ('customer', 'outside')) as is_relation_known,
        count(*) filter (
            where trim(c.customer_id) = '' or c.kind not in ('company', 'person') or c.relation not in ('customer', 'outside')
        ) as bad,
        count(*) filter (where c.employees < 0) as has_no_negative_employees,
        count(*) filter (where c.capital < 0) as has_no_negative_capital,
        count(*) filter (where c.founded_on > c.source_known_on) as is_founded_when_known,
        count(*) filter (
            where c.name like '%�%' or c.name like '%锟斤拷%' or c.name like '%Ã%' or c.name like '%â€%'
            or c.name like '%å…¬%' or c.name like '%æœ‰%' or c.name like '%??%'
        ) as is_name_readable
    from landing.customers as c
    where c.known_on < cast(:as_of as date)
),

received_transactions as (
    select
        t.transaction_id,
        t.customer_id,
        t.booked_on,
        t.amount,
        t.counterparty_id,
        t.is_void,
        t.known_on,
        t.source_known_on,
        not t.is_void and t.amount <> 0 and (
            (t.kind in ('receipt', 'payment_return', 'payment_reversal') and t.amount < 0)
            or (t.kind in ('payment', 'receipt_return', 'receipt_reversal') and t.amount > 0)
        ) as is_signed_wrongly,
        t.kind not in (
            'receipt', 'payment', 'receipt_return', 'payment_return', 'receipt_reversal', 'payment_reversal', 'other'
        ) as is_of_no_kind
    from landing.transactions as t
    where t.known_on < cast(:as_of as date)
),

transactions as (
    select
        count(*) as row_count,
        max(t.known_on) as last_known_on,
        count(*) filter (where trim(t.transaction_id) = '') as has_transaction_id,
        count(*) filter (where trim(t.customer_id) = '') as has_customer_id,
        count(*) filter (where t.is_of_no_kind) as is_kind_known,
        count(*) filter (where t.is_signed_wrongly) as is_amount_signed_as_kind,
        count(*) filter (where t.booked_on > t.source_known_on) as is_booked_when_known,
        count(*) filter (where t.booked_on < date '1990-01-01') as is_booked_since_1990,
        count(*) filter (
            where trim(t.transaction_id) = '' or trim(t.customer_id) = '' or t.is_of_no_kind or t.is_signed_wrongly
            or t.booked_on > t.source_known_on or t.booked_on < date '1990-01-01'
        ) as bad,
        count(*) filter (where abs(t.amount) > 10000000000) as is_amount_plausible,
        count(*) filter (where t.amount = 0) as is_amount_not_zero,
        count(*) filter (where t.is_void) as is_not_void,
        count(*) filter (where t.counterparty_id is null) as has_counterparty,
        count(*) filter (where trim(t.customer_id) <> '' and k.customer_id is null) as is_customer_known
    from received_transactions as t
    left join known_customers as k on t.customer_id = k.customer_id
),

transactions_twice as (
    select coalesce(sum(g.times), 0) as is_stated_once
    from (
        select count(*) as times
        from landing.transactions as t
        where t.known_on < cast(:as_of as date)
        group by t.transaction_id
        having count(*) > 1
    ) as g
),

received_events as (
    select
        e.event_id,
        e.customer_id,
        e.occurred_on,
        e.source_known_on,
        e.kind not in ('arrears', 'default', 'insolvency', 'class5', 'complaint', 'report') as is_of_no_kind,
        (e.kind = 'arrears' and not coalesce(e.value between 0 and 36525, false))
        or (e.kind = 'class5' and not coalesce(e.value in (1, 2, 3, 4, 5), false)) as is_out_of_range
    from landing.events as e
    where e.known_on < cast(:as_of as date)
),

events as (
    select
        count(*) as row_count,
        count(*) filter (where trim(e.event_id) = '') as has_event_id,
        count(*) filter (where trim(e.customer_id) = '') as has_customer_id,
        count(*) filter (where e.is_of_no_kind) as is_kind_known,
        count(*) filter (where e.is_out_of_range) as is_value_in_range,
        count(*) filter (where e.occurred_on > e.source_known_on) as is_dated_when_known,
        count(*) filter (where e.occurred_on < date '1990-01-01') as is_dated_since_1990,
        count(*) filter (
            where trim(e.event_id) = '' or trim(e.customer_id) = '' or e.is_of_no_kind or e.is_out_of_range
            or e.occurred_on > e.source_known_on or e.occurred_on < date '1990-01-01'
        ) as bad,
        count(*) filter (where trim(e.customer_id) <> '' and k.customer_id is null) as is_customer_known
    from received_events as e
    left join known_customers as k on e.customer_id = k.customer_id
),

events_twice as (
    select coalesce(sum(g.times), 0) as is_stated_once
    from (
        select count(*) as times
        from landing.events as e
        where e.known_on < cast(:as_of as date)
        group by e.event_id
        having count(*) > 1
    ) as g
)

select
    c.row_count as customers__row_count,
    c.has_customer_id as customers__has_customer_id,
    c.is_kind_known as customers__is_kind_known,
    c.is_relation_known as customers__is_relation_known,
    c.bad as customers__bad,
    c.has_no_negative_employees as customers__has_no_negative_employees,
    c.has_no_negative_capital as customers__has_no_negative_capital,
    c.is_founded_when_known as customers__is_founded_when_known,
    c.is_name_readable as customers__is_name_readable,
    t.row_count as transactions__row_count,
    t.has_transaction_id as transactions__has_transaction_id,
    t.has_customer_id as transactions__has_customer_id,
    t.is_kind_known as transactions__is_kind_known,
    t.is_amount_signed_as_kind as transactions__is_amount_signed_as_kind,
    t.is_booked_when_known as transactions__is_booked_when_known,
    t.is_booked_since_1990 as transactions__is_booked_since_1990,
    t.bad as transactions__bad,
    t.is_amount_plausible as transactions__is_amount_plausible,
    t.is_amount_not_zero as transactions__is_amount_not_zero,
    t.is_not_void as transactions__is_not_void,
    t.has_counterparty as transactions__has_counterparty,
    t.is_customer_known as transactions__is_customer_known,
    cast(t2.is_stated_once as bigint) as transactions__is_stated_once,
    e.row_count as events__row_count,
    e.has_event_id as events__has_event_id,
    e.has_customer_id as events__has_customer_id,
    e.is_kind_known as events__is_kind_known,
    e.is_value_in_range as events__is_value_in_range,
    e.is_dated_when_known as events__is_dated_when_known,
    e.is_dated_since_1990 as events__is_dated_since_1990,
    e.bad as events__bad,
    e.is_customer_known as events__is_customer_known,
    cast(e2.is_stated_once as bigint) as events__is_stated_once,
    t.last_known_on as transactions__last_known_on
from customers as c
cross join transactions as t
cross join transactions_twice as t2
cross join events as e
cross join events_twice as e2
