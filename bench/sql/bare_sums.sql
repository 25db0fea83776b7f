-- One row: one bare sum over every measure that the features of :as_of are made of; known before :as_of.
-- The limit of the features: the columns must be read once, whatever is made of them.
with months as (
    select
        count(*) as row_count,
        sum(m.inflow_amount) + sum(m.outflow_amount) + sum(m.inflow_return_amount) + sum(m.outflow_return_amount) as amount,
        sum(m.inflow_count) + sum(m.outflow_count) + sum(m.inflow_return_count)
        + sum(m.inflow_void_count) + sum(m.outflow_void_count) as bookings
    from facts.customer_month as m
    where
        m.month < cast(:as_of as date)
        and m.known_month < cast(:as_of as date)
        and m.month >= cast(cast(:as_of as date) - interval '24' month as date)
),

partners as (
    select
        count(*) as row_count,
        sum(p.amount) as amount
    from facts.partner_month as p
    where
        p.month < cast(:as_of as date)
        and p.known_month < cast(:as_of as date)
        and p.month >= cast(cast(:as_of as date) - interval '24' month as date)
)

select
    m.row_count as month_rows,
    p.row_count as partner_rows,
    m.amount + p.amount as amount,
    cast(m.bookings as bigint) as bookings
from months as m
cross join partners as p
