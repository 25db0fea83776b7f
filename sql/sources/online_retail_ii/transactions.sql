-- one row a customer, minute and sign of the amount, which is an invoice or a credit note; known in [:known_from, :known_before)
with lines as (
    select
        o.customer,
        cast(o.invoiced_at as timestamp) as invoiced_at,
        cast(cast(o.quantity as double) * cast(o.price as double) as numeric(18, 2)) as amount
    from lines_2009 as o
    -- both files hold 2010-12-01 to 2010-12-09: the second file's lines count
    where cast(o.invoiced_at as date) < date '2010-12-01'
    union all
    select
        n.customer,
        cast(n.invoiced_at as timestamp) as invoiced_at,
        cast(cast(n.quantity as double) * cast(n.price as double) as numeric(18, 2)) as amount
    from lines_2010 as n
),

invoices as (
    select
        cast(cast(cast(l.customer as double) as bigint) as varchar) as customer_id,
        l.invoiced_at,
        case when l.amount < 0 then 'receipt_return' when l.amount > 0 then 'receipt' else 'other' end as kind,
        sum(l.amount) as amount
    from lines as l
    -- a line without a customer belongs to nobody's turnover
    where l.customer is not null
    group by
        l.customer,
        l.invoiced_at,
        case when l.amount < 0 then 'receipt_return' when l.amount > 0 then 'receipt' else 'other' end
)

select
    i.customer_id || '-' || strftime(i.invoiced_at, '%Y%m%d%H%M%S') || '-' || i.kind as transaction_id,
    i.customer_id as customer_id,
    cast(i.invoiced_at as date) as booked_on,
    i.amount as amount,
    i.kind as kind,
    false as is_void,
    cast(i.invoiced_at as date) as known_on
from invoices as i
where
    cast(i.invoiced_at as date) >= cast(:known_from as date)
    and cast(i.invoiced_at as date) < cast(:known_before as date)
