-- One row a customer, side (in|out), counterparty, month booked and month known; rows with :known_from <= known_on < :known_before.
-- The amount is the flow with this partner less what was returned or reversed; void and quarantined rows, and rows that name no
-- partner, are left out.
with valid as (
    select
        t.customer_id,
        case when t.kind in ('receipt', 'receipt_return', 'receipt_reversal') then 'in' else 'out' end as side,
        t.counterparty_id,
        cast(date_trunc('month', t.booked_on) as date) as month,
        cast(date_trunc('month', t.known_on) as date) as known_month,
        t.amount_cny,
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
            from ops.quarantine as q
            where
                q.table_name = 'transactions'
                and q.row_key = t.transaction_id || '|' || cast(t.source_known_on as varchar(10))
        )
)

select
    v.customer_id,
    v.side,
    v.counterparty_id,
    v.month,
    v.known_month,
    cast(sum(case when v.side = 'in' then v.amount_cny else -v.amount_cny end) as numeric(18, 2)) as amount_cny,
    cast(sum(
        case
            when v.kind in ('receipt', 'payment') then 1
            when v.kind in ('receipt_reversal', 'payment_reversal') then -1
            else 0
        end
    ) as integer) as transaction_count
from valid as v
group by v.customer_id, v.side, v.counterparty_id, v.month, v.known_month
