-- one row a booking; known in [:known_from, :known_before)
select
    t.transaction_id as transaction_id,
    t.customer_id as customer_id,
    t.account_id as account_id,
    t.booked_on as booked_on,
    t.amount as amount,
    t.kind as kind,
    t.counterparty_id as counterparty_id,
    t.branch_id as branch_id,
    t.channel as channel,
    t.is_void as is_void,
    cast(t.known_on as date) as known_on
from transactions as t
where
    cast(t.known_on as date) >= cast(:known_from as date)
    and cast(t.known_on as date) < cast(:known_before as date)
