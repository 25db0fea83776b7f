-- One row a customer, month booked and month known; rows with :known_from <= known_on < :known_before, the quarantined ones left out.
-- Turnover is inflow_amount - inflow_return_amount. A reversal lowers sum and count of the side it corrects, in the month it is booked;
-- a void row counts as void only; kind 'other' is no flow.
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
        cast(date_trunc('month', t.booked_on) as date) as month,
        cast(date_trunc('month', t.known_on) as date) as known_month,
        t.amount,
        t.kind,
        t.is_void
    from landing.transactions as t
    where
        t.known_on >= cast(:known_from as date)
        and t.known_on < cast(:known_before as date)
        and t.kind <> 'other'
        and not exists (
            select 1 as found
            from set_aside as a
            where a.transaction_id = t.transaction_id and a.source_known_on = t.source_known_on
        )
),

signed as (
    select
        v.customer_id,
        v.month,
        v.known_month,
        v.kind,
        v.kind in ('receipt', 'receipt_return', 'receipt_reversal') as is_in,
        v.kind in ('receipt', 'receipt_reversal') and not v.is_void as is_inflow,
        v.kind in ('payment', 'payment_reversal') and not v.is_void as is_outflow,
        v.is_void,
        v.amount,
        case when v.kind in ('receipt_reversal', 'payment_reversal') then -1 else 1 end as step
    from valid as v
)

select
    s.customer_id,
    s.month,
    s.known_month,
    cast(sum(case when s.is_inflow then s.amount else 0 end) as numeric(18, 2)) as inflow_amount,
    cast(sum(case when s.is_outflow then -s.amount else 0 end) as numeric(18, 2)) as outflow_amount,
    cast(sum(case when s.kind = 'receipt_return' and not s.is_void then -s.amount else 0 end) as numeric(18, 2))
        as inflow_return_amount,
    cast(sum(case when s.kind = 'payment_return' and not s.is_void then s.amount else 0 end) as numeric(18, 2))
        as outflow_return_amount,
    cast(sum(case when s.is_void and s.is_in then abs(s.amount) else 0 end) as numeric(18, 2)) as inflow_void_amount,
    cast(sum(case when s.is_void and not s.is_in then abs(s.amount) else 0 end) as numeric(18, 2)) as outflow_void_amount,
    cast(sum(case when s.is_inflow then s.step else 0 end) as integer) as inflow_count,
    cast(sum(case when s.is_outflow then s.step else 0 end) as integer) as outflow_count,
    cast(sum(case when s.kind = 'receipt_return' and not s.is_void then 1 else 0 end) as integer) as inflow_return_count,
    cast(sum(case when s.kind = 'payment_return' and not s.is_void then 1 else 0 end) as integer) as outflow_return_count,
    cast(sum(case when s.is_void and s.is_in then 1 else 0 end) as integer) as inflow_void_count,
    cast(sum(case when s.is_void and not s.is_in then 1 else 0 end) as integer) as outflow_void_count
from signed as s
group by s.customer_id, s.month, s.known_month
