-- One row a month in which transactions became known: how many of them have the customer, day, amount, kind and counterparty of another one, under
-- another id, and how many one that became known before them; delivered from :first_month to before :as_of, beside all that was known before :as_of
with contents as (
    select
        t.customer_id as customer_id,
        t.booked_on as booked_on,
        t.amount as amount,
        t.kind as kind,
        coalesce(t.counterparty_id, '') as counterparty_id,
        t.known_on as known_on
    from landing.transactions as t
    where
        t.known_on < cast(:as_of as date)
        and not t.is_void
        and t.booked_on >= (
            select min(f.booked_on) as first_booked_on
            from landing.transactions as f
            where f.known_on >= cast(:first_month as date) and f.known_on < cast(:as_of as date)
        )
),

repeated as (
    select
        c.customer_id,
        c.booked_on,
        c.amount,
        c.kind,
        c.counterparty_id,
        min(c.known_on) as first_known_on
    from contents as c
    group by c.customer_id, c.booked_on, c.amount, c.kind, c.counterparty_id
    having count(*) > 1
)

select
    cast(date_trunc('month', c.known_on) as date) as delivered_in,
    count(*) as row_count,
    sum(case when r.customer_id is not null then 1 else 0 end) as repeated_count,
    sum(case when r.first_known_on < c.known_on then 1 else 0 end) as redelivered_count
from contents as c
left join repeated as r
    on
        c.customer_id = r.customer_id
        and c.booked_on = r.booked_on
        and c.amount = r.amount
        and c.kind = r.kind
        and c.counterparty_id = r.counterparty_id
where c.known_on >= cast(:first_month as date)
group by cast(date_trunc('month', c.known_on) as date)
