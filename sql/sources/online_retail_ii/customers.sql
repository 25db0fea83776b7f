-- one row a customer, known from the first invoice on; known in [:known_from, :known_before)
with lines as (
    select
        o.customer,
        cast(o.invoiced_at as timestamp) as invoiced_at,
        o.country
    from lines_2009 as o
    -- both files hold 2010-12-01 to 2010-12-09: the second file's lines count
    where cast(o.invoiced_at as date) < date '2010-12-01'
    union all
    select
        n.customer,
        cast(n.invoiced_at as timestamp) as invoiced_at,
        n.country
    from lines_2010 as n
),

first_days as (
    select
        l.customer,
        min(cast(l.invoiced_at as date)) as known_on,
        arg_min(l.country, l.invoiced_at) as country
    from lines as l
    where l.customer is not null
    group by l.customer
)

select
    cast(cast(cast(f.customer as double) as bigint) as varchar) as customer_id,
    'company' as kind,
    'customer' as relation,
    f.country as region,
    f.known_on as known_on
from first_days as f
where
    f.known_on >= cast(:known_from as date)
    and f.known_on < cast(:known_before as date)
