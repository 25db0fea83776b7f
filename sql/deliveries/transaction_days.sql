-- One row a month in which transactions became known: its business days (of the calendar where one is known, else Monday to Friday), how many of them
-- no row was booked on, and the rows of a day with rows; delivered from :first_month to before :as_of
with booked as (
    select
        t.booked_on as booked_on,
        count(*) as row_count
    from landing.transactions as t
    where
        t.known_on >= cast(:first_month as date)
        and t.known_on < cast(:as_of as date)
        and t.booked_on >= cast(:first_month as date)
    group by t.booked_on
),

spanned as (
    select
        cast(date_trunc('month', b.booked_on) as date) as delivered_in,
        cast(avg(b.row_count) as double precision) as rows_a_day
    from booked as b
    group by cast(date_trunc('month', b.booked_on) as date)
),

numbers as materialized (
    select n.place as place
    from (
        values
        (0), (1), (2), (3), (4), (5), (6), (7), (8), (9), (10), (11), (12), (13), (14), (15), (16), (17), (18), (19), (20),
        (21), (22), (23), (24), (25), (26), (27), (28), (29), (30)
    ) as n (place)
),

days as (
    select
        s.delivered_in as delivered_in,
        s.rows_a_day as rows_a_day,
        s.delivered_in + cast(n.place as integer) as day
    from spanned as s
    cross join numbers as n
    where s.delivered_in + cast(n.place as integer) < s.delivered_in + interval '1 month'
),

business_days as (
    select
        d.delivered_in as delivered_in,
        d.rows_a_day as rows_a_day,
        d.day as day
    from days as d
    left join landing.calendar as c on d.day = c.day and c.known_on < cast(:as_of as date)
    where coalesce(c.is_business_day, extract(isodow from d.day) <= 5)
)

select
    w.delivered_in,
    w.rows_a_day,
    count(*) as business_days,
    sum(case when b.booked_on is null then 1 else 0 end) as empty_days
from business_days as w
left join booked as b on w.day = b.booked_on
group by w.delivered_in, w.rows_a_day
