-- One row a transaction as stated; known before :as_of. Each is_/has_ column is a promise: false where broken, null where it cannot be told.
with known_customers as (
    select distinct k.customer_id as customer_id
    from landing.customers as k
    where k.known_on < cast(:as_of as date)
),

stated_twice as (
    select s.transaction_id as transaction_id
    from landing.transactions as s
    where s.known_on < cast(:as_of as date)
    group by s.transaction_id
    having count(*) > 1
)

select
    t.transaction_id || '|' || cast(t.source_known_on as varchar(10)) as row_key,
    t.known_on as known_on,
    trim(t.transaction_id) <> '' as has_transaction_id,
    trim(t.customer_id) <> '' as has_customer_id,
    t.kind in (
        'receipt', 'payment', 'receipt_return', 'payment_return', 'receipt_reversal', 'payment_reversal', 'other'
    ) as is_kind_known,
    case
        when t.is_void or t.amount = 0 then true
        when t.kind in ('receipt', 'payment_return', 'payment_reversal') then t.amount > 0
        when t.kind in ('payment', 'receipt_return', 'receipt_reversal') then t.amount < 0
        else true
    end as is_amount_signed_as_kind,
    t.booked_on <= t.source_known_on as is_booked_when_known,
    t.booked_on >= date '1990-01-01' as is_booked_since_1990,
    abs(t.amount) <= 10000000000 as is_amount_plausible,
    t.amount <> 0 as is_amount_not_zero,
    not t.is_void as is_not_void,
    t.counterparty_id is not null as has_counterparty,
    case when trim(t.customer_id) <> '' then c.customer_id is not null end as is_customer_known,
    d.transaction_id is null as is_stated_once
from landing.transactions as t
left join known_customers as c on t.customer_id = c.customer_id
left join stated_twice as d on t.transaction_id = d.transaction_id
where t.known_on < cast(:as_of as date)
