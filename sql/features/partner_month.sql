-- One row a customer, side (in|out), counterparty, month booked and month known; rows with :known_from <= known_on < :known_before.
-- The amount is the flow with this partner less what was returned or reversed; void and quarantined rows, and rows that name no
-- partner, are left out.
-- the quarantine's key taken apart, as putting it together for each of all transactions takes longer than all the sums
with set_aside as (
    select
        left(q.row_key, length(q.row_key) - 11) as transaction_id,
        cast(right(q.row_key, 10) as date) as source_known_on
    from ops.quarantine as q
    where q.table_name = 'transactions'
),

valid as (
    select
        t.customer_id,
        t.kind in ('receipt', 'receipt_return', 'receipt_reversal') as is_in,
        t.counterparty_id,
        cast(date_trunc('month', t.booked_on) as date) as month,
        cast(date_trunc('month', t.known_on) as date) as known_month,
        t.amount,
        t.kind
    from landing.transactions as t
    where
        t.known_on >= cast(:known_from as date)
        and t.known_on < cast(:known_before as date)
        and t.kind <> 'other'
        and not t.is_void
        and t.counterparty_id is not null
        and not exists (
            select 1 as found
            from set_aside as a
            where a.transaction_id = t.transaction_id and a.source_known_on = t.source_known_on
        )
)

select
    v.customer_id,
    case when v.is_in then 'in' else 'out' end as side,
    v.counterparty_id,
    v.month,
    v.known_month,
    cast(sum(case when v.is_in then v.amount else -v.amount end) as numeric(18, 2)) as amount,
    cast(sum(
        case
            when v.kind in ('receipt', 'payment') then 1
            when v.kind in ('receipt_reversal', 'payment_reversal') then -1
            else 0
        end
    ) as integer) as transaction_count
from valid as v
group by v.customer_id, v.is_in, v.counterparty_id, v.month, v.known_month
