-- One row a month in which transactions became known: how many of them have the customer, day, amount, kind and counterparty of another one, under
-- another id, and how many one that became known before them; delivered from :first_month to before :as_of, beside all that was known before :as_of
with contents as (
    select
        t.known_on as known_on,
        count(*) over (partition by t.customer_id, t.booked_on, t.amount, t.kind, t.counterparty_id) as same_count,
        min(t.known_on) over (partition by t.customer_id, t.booked_on, t.amount, t.kind, t.counterparty_id) as first_known_on
    from landing.transactions as t
    where
        t.known_on < cast(:as_of as date)
        and not t.is_void
        and t.booked_on >= (
            select min(f.booked_on) as first_booked_on
            from landing.transactions as f
            where f.known_on >= cast(:first_month as date) and f.known_on < cast(:as_of as date)
        )
)

select
    cast(date_trunc('month', c.known_on) as date) as delivered_in,
    count(*) as row_count,
    sum(case when c.same_count > 1 then 1 else 0 end) as repeated_count,
    sum(case when c.first_known_on < c.known_on then 1 else 0 end) as redelivered_count
from contents as c
where c.known_on >= cast(:first_month as date)
group by 1
