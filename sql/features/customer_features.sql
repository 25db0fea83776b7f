-- One row a customer known before :as_of with :first_customer <= customer_id < :next_customer (null: no end); from months and rows both
-- booked and known before :as_of. A slice of customers at a time, so that memory does not grow with the bank.
-- Money and counts are summed exactly (numeric), from the last month back to the edges of the spans; what falls into a span is one sum or
-- the difference of two and becomes double precision once, so that both engines and every run give the same bits. Turnover is inflow less
-- returns. A span longer than a customer's history uses the months that exist; null is unknown: no such month, a zero divisor, or an
-- optional table of which nothing was known yet.
-- known_on says what may be seen; of several rows the newest is the one stated last (source_known_on), as an old one may come late.
with spine as (
    select
        c.customer_id,
        c.relation,
        c.founded_on,
        c.joined_on,
        c.employees,
        c.capital,
        row_number() over (partition by c.customer_id order by c.source_known_on desc) as newest
    from landing.customers as c
    where
        c.known_on < cast(:as_of as date)
        and c.customer_id >= :first_customer
        and (cast(:next_customer as varchar(64)) is null or c.customer_id < cast(:next_customer as varchar(64)))
        and not exists (
            select 1 as found
            from ops.quarantine as q
            where
                q.table_name = 'customers'
                and q.row_key = c.customer_id || '|' || cast(c.source_known_on as varchar(10))
        )
),

-- back: months before as_of, 1 is the last one
monthly as (
    select
        m.customer_id,
        cast(
            (extract(year from cast(:as_of as date)) - extract(year from m.month)) * 12
            + extract(month from cast(:as_of as date)) - extract(month from m.month) as integer
        ) as back,
        cast(sum(m.inflow_amount - m.inflow_return_amount) as numeric(20, 2)) as turnover,
        cast(sum(m.outflow_amount - m.outflow_return_amount) as numeric(20, 2)) as outflow,
        cast(sum(m.inflow_amount) as numeric(20, 2)) as inflow_gross,
        cast(sum(m.outflow_amount) as numeric(20, 2)) as outflow_gross,
        cast(sum(m.inflow_return_amount) as numeric(20, 2)) as inflow_return,
        cast(sum(m.outflow_return_amount) as numeric(20, 2)) as outflow_return,
        cast(sum(m.inflow_count) as bigint) as inflow_count,
        cast(sum(m.outflow_count) as bigint) as outflow_count,
        cast(sum(m.inflow_return_count) as bigint) as inflow_return_count,
        cast(sum(m.inflow_void_count) as bigint) as inflow_void_count,
        cast(sum(m.outflow_void_count) as bigint) as outflow_void_count
    from facts.customer_month as m
    where
        m.month < cast(:as_of as date)
        and m.known_month < cast(:as_of as date)
        and m.month >= cast(cast(:as_of as date) - interval '24' month as date)
        and m.customer_id >= :first_customer
        and (cast(:next_customer as varchar(64)) is null or m.customer_id < cast(:next_customer as varchar(64)))
    group by m.customer_id, m.month
),

-- First and last months of real flow over the whole history. A month is what its rows sum to, so a receipt taken back later is none; voids
-- and returns alone begin no history.
flowing as (
    select
        m.customer_id,
        m.back,
        m.inflow_gross > 0 as is_in,
        m.outflow_gross > 0 as is_out
    from monthly as m
    where m.inflow_gross > 0 or m.outflow_gross > 0
    union all
    select
        m.customer_id,
        cast(
            (extract(year from cast(:as_of as date)) - extract(year from m.month)) * 12
            + extract(month from cast(:as_of as date)) - extract(month from m.month) as integer
        ) as back,
        sum(m.inflow_amount) > 0 as is_in,
        sum(m.outflow_amount) > 0 as is_out
    from facts.customer_month as m
    where
        m.month < cast(cast(:as_of as date) - interval '24' month as date)
        and m.known_month < cast(:as_of as date)
        and m.customer_id >= :first_customer
        and (cast(:next_customer as varchar(64)) is null or m.customer_id < cast(:next_customer as varchar(64)))
    group by m.customer_id, m.month
    having sum(m.inflow_amount) > 0 or sum(m.outflow_amount) > 0
),

history as (
    select
        f.customer_id,
        max(f.back) as age_months,
        min(case when f.is_in then f.back end) as months_since_inflow,
        min(case when f.is_out then f.back end) as months_since_outflow
    from flowing as f
    group by f.customer_id
),

-- one pass over the months gives every sum of the last 1, 3, 6, ... 24; months before the first real flow count in none
summed as (
    select
        m.customer_id,
        sum(case when m.back <= 1 then m.turnover else 0 end) as turnover_1m,
        sum(case when m.back <= 3 then m.turnover else 0 end) as turnover_3m,
        sum(case when m.back <= 6 then m.turnover else 0 end) as turnover_6m,
        sum(case when m.back <= 9 then m.turnover else 0 end) as turnover_9m,
        sum(case when m.back <= 12 then m.turnover else 0 end) as turnover_12m,
        sum(case when m.back <= 15 then m.turnover else 0 end) as turnover_15m,
        sum(case when m.back <= 18 then m.turnover else 0 end) as turnover_18m,
        sum(m.turnover) as turnover_24m,
        sum(case when m.back <= 3 then m.turnover * m.turnover else 0 end) as turnover_sq_3m,
        sum(case when m.back <= 6 then m.turnover * m.turnover else 0 end) as turnover_sq_6m,
        sum(case when m.back <= 12 then m.turnover * m.turnover else 0 end) as turnover_sq_12m,
        sum(m.turnover * m.turnover) as turnover_sq_24m,
        sum(case when m.back <= 6 then m.back * m.turnover else 0 end) as turnover_back_6m,
        sum(case when m.back <= 12 then m.back * m.turnover else 0 end) as turnover_back_12m,
        sum(m.back * m.turnover) as turnover_back_24m,
        sum(case when m.back <= 1 then m.outflow else 0 end) as outflow_1m,
        sum(case when m.back <= 3 then m.outflow else 0 end) as outflow_3m,
        sum(case when m.back <= 6 then m.outflow else 0 end) as outflow_6m,
        sum(case when m.back <= 12 then m.outflow else 0 end) as outflow_12m,
        sum(case when m.back <= 15 then m.outflow else 0 end) as outflow_15m,
        sum(case when m.back <= 18 then m.outflow else 0 end) as outflow_18m,
        sum(m.outflow) as outflow_24m,
        sum(case when m.back <= 6 then m.outflow * m.outflow else 0 end) as outflow_sq_6m,
        sum(case when m.back <= 12 then m.outflow * m.outflow else 0 end) as outflow_sq_12m,
        sum(case when m.back <= 6 then m.back * m.outflow else 0 end) as outflow_back_6m,
        sum(case when m.back <= 12 then m.back * m.outflow else 0 end) as outflow_back_12m,
        sum(case when m.back <= 12 then (m.turnover - m.outflow) * (m.turnover - m.outflow) else 0 end) as net_sq_12m,
        sum(case when m.back <= 1 then m.inflow_count else 0 end) as inflow_count_1m,
        sum(case when m.back <= 3 then m.inflow_count else 0 end) as inflow_count_3m,
        sum(case when m.back <= 6 then m.inflow_count else 0 end) as inflow_count_6m,
        sum(case when m.back <= 12 then m.inflow_count else 0 end) as inflow_count_12m,
        sum(case when m.back <= 15 then m.inflow_count else 0 end) as inflow_count_15m,
        sum(case when m.back <= 12 then m.inflow_count * m.inflow_count else 0 end) as inflow_count_sq_12m,
        sum(case when m.back <= 6 then m.back * m.inflow_count else 0 end) as inflow_count_back_6m,
        sum(case when m.back <= 12 then m.back * m.inflow_count else 0 end) as inflow_count_back_12m,
        sum(case when m.back <= 1 then m.outflow_count else 0 end) as outflow_count_1m,
        sum(case when m.back <= 3 then m.outflow_count else 0 end) as outflow_count_3m,
        sum(case when m.back <= 12 then m.outflow_count else 0 end) as outflow_count_12m,
        sum(case when m.back <= 12 then m.back * m.outflow_count else 0 end) as outflow_count_back_12m,
        sum(case when m.back <= 3 then m.inflow_gross else 0 end) as inflow_gross_3m,
        sum(case when m.back <= 12 then m.inflow_gross else 0 end) as inflow_gross_12m,
        sum(case when m.back <= 12 then m.outflow_gross else 0 end) as outflow_gross_12m,
        sum(case when m.back <= 3 then m.inflow_return else 0 end) as inflow_return_3m,
        sum(case when m.back <= 12 then m.inflow_return else 0 end) as inflow_return_12m,
        sum(case when m.back <= 12 then m.outflow_return else 0 end) as outflow_return_12m,
        sum(case when m.back <= 12 then m.inflow_return_count else 0 end) as inflow_return_count_12m,
        sum(case when m.back <= 3 then m.inflow_void_count else 0 end) as inflow_void_count_3m,
        sum(case when m.back <= 12 then m.inflow_void_count else 0 end) as inflow_void_count_12m,
        sum(case when m.back <= 12 then m.outflow_void_count else 0 end) as outflow_void_count_12m,
        max(case when m.back <= 12 then m.turnover end) as turnover_peak_12m,
        max(m.turnover) as turnover_peak_24m,
        sum(case when m.back <= 3 and m.turnover > 0 then 1 else 0 end) as active_months_3m,
        sum(case when m.back <= 6 and m.turnover > 0 then 1 else 0 end) as active_months_6m,
        sum(case when m.back <= 12 and m.turnover > 0 then 1 else 0 end) as active_months_12m,
        sum(case when m.turnover > 0 then 1 else 0 end) as active_months_24m,
        sum(case when m.back <= 6 and m.outflow > 0 then 1 else 0 end) as paying_months_6m,
        sum(case when m.back <= 12 and m.outflow > 0 then 1 else 0 end) as paying_months_12m
    from monthly as m
    inner join history as h on m.customer_id = h.customer_id and m.back <= h.age_months
    group by m.customer_id
),

-- What falls into each span, and how many months of it the history has. b3m, b6m, b12m: as many months before the last 3, 6, 12;
-- y3m, y6m: the last 3 and 6 months, a year ago; n3m: the 3 months to come, a year ago.
spanned as (
    select
        h.customer_id,
        h.age_months,
        h.months_since_inflow,
        h.months_since_outflow,
        cast(least(h.age_months, 1) as double precision) as months_1m,
        cast(least(h.age_months, 3) as double precision) as months_3m,
        cast(least(h.age_months, 6) as double precision) as months_6m,
        cast(least(h.age_months, 12) as double precision) as months_12m,
        cast(least(h.age_months, 24) as double precision) as months_24m,
        cast(nullif(greatest(least(h.age_months, 6) - 3, 0), 0) as double precision) as months_b3m,
        cast(nullif(greatest(least(h.age_months, 12) - 6, 0), 0) as double precision) as months_b6m,
        cast(nullif(greatest(least(h.age_months, 24) - 12, 0), 0) as double precision) as months_b12m,
        cast(nullif(greatest(least(h.age_months, 15) - 12, 0), 0) as double precision) as months_y3m,
        cast(nullif(greatest(least(h.age_months, 18) - 12, 0), 0) as double precision) as months_y6m,
        cast(nullif(greatest(least(h.age_months, 12) - 9, 0), 0) as double precision) as months_n3m,
        cast(coalesce(s.turnover_1m, 0) as double precision) as turnover_1m,
        cast(coalesce(s.turnover_3m, 0) as double precision) as turnover_3m,
        cast(coalesce(s.turnover_6m, 0) as double precision) as turnover_6m,
        cast(coalesce(s.turnover_12m, 0) as double precision) as turnover_12m,
        cast(coalesce(s.turnover_24m, 0) as double precision) as turnover_24m,
        cast(coalesce(s.turnover_sq_3m, 0) as double precision) as turnover_sq_3m,
        cast(coalesce(s.turnover_sq_6m, 0) as double precision) as turnover_sq_6m,
        cast(coalesce(s.turnover_sq_12m, 0) as double precision) as turnover_sq_12m,
        cast(coalesce(s.turnover_sq_24m, 0) as double precision) as turnover_sq_24m,
        cast(coalesce(s.turnover_back_6m, 0) as double precision) as turnover_back_6m,
        cast(coalesce(s.turnover_back_12m, 0) as double precision) as turnover_back_12m,
        cast(coalesce(s.turnover_back_24m, 0) as double precision) as turnover_back_24m,
        cast(coalesce(s.outflow_1m, 0) as double precision) as outflow_1m,
        cast(coalesce(s.outflow_3m, 0) as double precision) as outflow_3m,
        cast(coalesce(s.outflow_6m, 0) as double precision) as outflow_6m,
        cast(coalesce(s.outflow_12m, 0) as double precision) as outflow_12m,
        cast(coalesce(s.outflow_24m, 0) as double precision) as outflow_24m,
        cast(coalesce(s.outflow_sq_6m, 0) as double precision) as outflow_sq_6m,
        cast(coalesce(s.outflow_sq_12m, 0) as double precision) as outflow_sq_12m,
        cast(coalesce(s.outflow_back_6m, 0) as double precision) as outflow_back_6m,
        cast(coalesce(s.outflow_back_12m, 0) as double precision) as outflow_back_12m,
        cast(coalesce(s.net_sq_12m, 0) as double precision) as net_sq_12m,
        cast(coalesce(s.inflow_count_1m, 0) as double precision) as inflow_count_1m,
        cast(coalesce(s.inflow_count_3m, 0) as double precision) as inflow_count_3m,
        cast(coalesce(s.inflow_count_6m, 0) as double precision) as inflow_count_6m,
        cast(coalesce(s.inflow_count_12m, 0) as double precision) as inflow_count_12m,
        cast(coalesce(s.inflow_count_sq_12m, 0) as double precision) as inflow_count_sq_12m,
        cast(coalesce(s.inflow_count_back_6m, 0) as double precision) as inflow_count_back_6m,
        cast(coalesce(s.inflow_count_back_12m, 0) as double precision) as inflow_count_back_12m,
        cast(coalesce(s.outflow_count_1m, 0) as double precision) as outflow_count_1m,
        cast(coalesce(s.outflow_count_3m, 0) as double precision) as outflow_count_3m,
        cast(coalesce(s.outflow_count_12m, 0) as double precision) as outflow_count_12m,
        cast(coalesce(s.outflow_count_back_12m, 0) as double precision) as outflow_count_back_12m,
        cast(coalesce(s.inflow_gross_3m, 0) as double precision) as inflow_gross_3m,
        cast(coalesce(s.inflow_gross_12m, 0) as double precision) as inflow_gross_12m,
        cast(coalesce(s.outflow_gross_12m, 0) as double precision) as outflow_gross_12m,
        cast(coalesce(s.inflow_return_3m, 0) as double precision) as inflow_return_3m,
        cast(coalesce(s.inflow_return_12m, 0) as double precision) as inflow_return_12m,
        cast(coalesce(s.outflow_return_12m, 0) as double precision) as outflow_return_12m,
        cast(coalesce(s.inflow_return_count_12m, 0) as double precision) as inflow_return_count_12m,
        cast(coalesce(s.inflow_void_count_3m, 0) as double precision) as inflow_void_count_3m,
        cast(coalesce(s.inflow_void_count_12m, 0) as double precision) as inflow_void_count_12m,
        cast(coalesce(s.outflow_void_count_12m, 0) as double precision) as outflow_void_count_12m,
        cast(coalesce(s.turnover_peak_12m, 0) as double precision) as turnover_peak_12m,
        cast(coalesce(s.turnover_peak_24m, 0) as double precision) as turnover_peak_24m,
        cast(coalesce(s.active_months_3m, 0) as double precision) as active_months_3m,
        cast(coalesce(s.active_months_6m, 0) as double precision) as active_months_6m,
        cast(coalesce(s.active_months_12m, 0) as double precision) as active_months_12m,
        cast(coalesce(s.active_months_24m, 0) as double precision) as active_months_24m,
        cast(coalesce(s.paying_months_6m, 0) as double precision) as paying_months_6m,
        cast(coalesce(s.paying_months_12m, 0) as double precision) as paying_months_12m,
        cast(coalesce(s.turnover_6m - s.turnover_3m, 0) as double precision) as turnover_b3m,
        cast(coalesce(s.turnover_12m - s.turnover_6m, 0) as double precision) as turnover_b6m,
        cast(coalesce(s.turnover_24m - s.turnover_12m, 0) as double precision) as turnover_b12m,
        cast(coalesce(s.turnover_15m - s.turnover_12m, 0) as double precision) as turnover_y3m,
        cast(coalesce(s.turnover_18m - s.turnover_12m, 0) as double precision) as turnover_y6m,
        cast(coalesce(s.turnover_12m - s.turnover_9m, 0) as double precision) as turnover_n3m,
        cast(coalesce(s.outflow_12m - s.outflow_6m, 0) as double precision) as outflow_b6m,
        cast(coalesce(s.outflow_15m - s.outflow_12m, 0) as double precision) as outflow_y3m,
        cast(coalesce(s.outflow_18m - s.outflow_12m, 0) as double precision) as outflow_y6m,
        cast(coalesce(s.inflow_count_15m - s.inflow_count_12m, 0) as double precision) as inflow_count_y3m
    from history as h
    left join summed as s on h.customer_id = s.customer_id
),

-- means; a *_base is a mean where it is positive, to divide by
meant as (
    select
        s.*,
        (s.months_6m + 1) / 2 as middle_6m,
        nullif(s.months_6m * (s.months_6m * s.months_6m - 1) / 12, 0) as trend_scale_6m,
        (s.months_12m + 1) / 2 as middle_12m,
        nullif(s.months_12m * (s.months_12m * s.months_12m - 1) / 12, 0) as trend_scale_12m,
        (s.months_24m + 1) / 2 as middle_24m,
        nullif(s.months_24m * (s.months_24m * s.months_24m - 1) / 12, 0) as trend_scale_24m,
        s.turnover_1m / s.months_1m as turnover_mean_1m,
        s.turnover_3m / s.months_3m as turnover_mean_3m,
        s.turnover_6m / s.months_6m as turnover_mean_6m,
        s.turnover_12m / s.months_12m as turnover_mean_12m,
        s.turnover_24m / s.months_24m as turnover_mean_24m,
        s.turnover_b3m / s.months_b3m as turnover_mean_b3m,
        s.turnover_b6m / s.months_b6m as turnover_mean_b6m,
        s.turnover_b12m / s.months_b12m as turnover_mean_b12m,
        s.turnover_y3m / s.months_y3m as turnover_mean_y3m,
        s.turnover_y6m / s.months_y6m as turnover_mean_y6m,
        s.turnover_n3m / s.months_n3m as turnover_mean_n3m,
        s.outflow_1m / s.months_1m as outflow_mean_1m,
        s.outflow_3m / s.months_3m as outflow_mean_3m,
        s.outflow_6m / s.months_6m as outflow_mean_6m,
        s.outflow_12m / s.months_12m as outflow_mean_12m,
        s.outflow_24m / s.months_24m as outflow_mean_24m,
        s.outflow_b6m / s.months_b6m as outflow_mean_b6m,
        s.outflow_y3m / s.months_y3m as outflow_mean_y3m,
        s.outflow_y6m / s.months_y6m as outflow_mean_y6m,
        s.inflow_count_1m / s.months_1m as inflow_count_mean_1m,
        s.inflow_count_3m / s.months_3m as inflow_count_mean_3m,
        s.inflow_count_6m / s.months_6m as inflow_count_mean_6m,
        s.inflow_count_12m / s.months_12m as inflow_count_mean_12m,
        s.inflow_count_y3m / s.months_y3m as inflow_count_mean_y3m,
        s.outflow_count_1m / s.months_1m as outflow_count_mean_1m,
        s.outflow_count_3m / s.months_3m as outflow_count_mean_3m,
        s.outflow_count_12m / s.months_12m as outflow_count_mean_12m,
        nullif(greatest(s.turnover_3m / s.months_3m, 0), 0) as turnover_base_3m,
        nullif(greatest(s.turnover_6m / s.months_6m, 0), 0) as turnover_base_6m,
        nullif(greatest(s.turnover_12m / s.months_12m, 0), 0) as turnover_base_12m,
        nullif(greatest(s.turnover_24m / s.months_24m, 0), 0) as turnover_base_24m,
        nullif(greatest(s.turnover_b3m / s.months_b3m, 0), 0) as turnover_base_b3m,
        nullif(greatest(s.turnover_b6m / s.months_b6m, 0), 0) as turnover_base_b6m,
        nullif(greatest(s.turnover_b12m / s.months_b12m, 0), 0) as turnover_base_b12m,
        nullif(greatest(s.turnover_y3m / s.months_y3m, 0), 0) as turnover_base_y3m,
        nullif(greatest(s.turnover_y6m / s.months_y6m, 0), 0) as turnover_base_y6m,
        nullif(greatest(s.outflow_6m / s.months_6m, 0), 0) as outflow_base_6m,
        nullif(greatest(s.outflow_12m / s.months_12m, 0), 0) as outflow_base_12m,
        nullif(greatest(s.outflow_24m / s.months_24m, 0), 0) as outflow_base_24m,
        nullif(greatest(s.outflow_y3m / s.months_y3m, 0), 0) as outflow_base_y3m,
        nullif(greatest(s.outflow_y6m / s.months_y6m, 0), 0) as outflow_base_y6m,
        nullif(greatest(s.inflow_count_6m / s.months_6m, 0), 0) as inflow_count_base_6m,
        nullif(greatest(s.inflow_count_12m / s.months_12m, 0), 0) as inflow_count_base_12m,
        nullif(greatest(s.inflow_count_y3m / s.months_y3m, 0), 0) as inflow_count_base_y3m,
        nullif(greatest(s.outflow_count_12m / s.months_12m, 0), 0) as outflow_count_base_12m,
        (s.turnover_3m - s.outflow_3m) / s.months_3m as net_mean_3m,
        (s.turnover_12m - s.outflow_12m) / s.months_12m as net_mean_12m
    from spanned as s
),

-- cv is the standard deviation, slope the least-squares change a month, both over the mean
averaged as (
    select
        m.*,
        sqrt(greatest(m.turnover_sq_3m / m.months_3m - m.turnover_mean_3m * m.turnover_mean_3m, 0))
        / m.turnover_base_3m as turnover_cv_3m,
        sqrt(greatest(m.turnover_sq_6m / m.months_6m - m.turnover_mean_6m * m.turnover_mean_6m, 0))
        / m.turnover_base_6m as turnover_cv_6m,
        sqrt(greatest(m.turnover_sq_12m / m.months_12m - m.turnover_mean_12m * m.turnover_mean_12m, 0))
        / m.turnover_base_12m as turnover_cv_12m,
        sqrt(greatest(m.turnover_sq_24m / m.months_24m - m.turnover_mean_24m * m.turnover_mean_24m, 0))
        / m.turnover_base_24m as turnover_cv_24m,
        sqrt(greatest(m.outflow_sq_6m / m.months_6m - m.outflow_mean_6m * m.outflow_mean_6m, 0))
        / m.outflow_base_6m as outflow_cv_6m,
        sqrt(greatest(m.outflow_sq_12m / m.months_12m - m.outflow_mean_12m * m.outflow_mean_12m, 0))
        / m.outflow_base_12m as outflow_cv_12m,
        sqrt(greatest(m.inflow_count_sq_12m / m.months_12m - m.inflow_count_mean_12m * m.inflow_count_mean_12m, 0))
        / m.inflow_count_base_12m as inflow_count_cv_12m,
        (m.turnover_6m * m.middle_6m - m.turnover_back_6m)
        / m.trend_scale_6m / m.turnover_base_6m as turnover_slope_6m,
        (m.turnover_12m * m.middle_12m - m.turnover_back_12m)
        / m.trend_scale_12m / m.turnover_base_12m as turnover_slope_12m,
        (m.turnover_24m * m.middle_24m - m.turnover_back_24m)
        / m.trend_scale_24m / m.turnover_base_24m as turnover_slope_24m,
        (m.outflow_6m * m.middle_6m - m.outflow_back_6m)
        / m.trend_scale_6m / m.outflow_base_6m as outflow_slope_6m,
        (m.outflow_12m * m.middle_12m - m.outflow_back_12m)
        / m.trend_scale_12m / m.outflow_base_12m as outflow_slope_12m,
        (m.inflow_count_6m * m.middle_6m - m.inflow_count_back_6m)
        / m.trend_scale_6m / m.inflow_count_base_6m as inflow_count_slope_6m,
        (m.inflow_count_12m * m.middle_12m - m.inflow_count_back_12m)
        / m.trend_scale_12m / m.inflow_count_base_12m as inflow_count_slope_12m,
        (m.outflow_count_12m * m.middle_12m - m.outflow_count_back_12m)
        / m.trend_scale_12m / m.outflow_count_base_12m as outflow_count_slope_12m,
        m.turnover_mean_b6m / m.turnover_base_12m as turnover_season_6m,
        m.turnover_mean_n3m / m.turnover_base_12m as turnover_season_3m,
        sqrt(greatest(m.net_sq_12m / m.months_12m - m.net_mean_12m * m.net_mean_12m, 0)) as net_deviation_12m,
        m.active_months_3m / m.months_3m as active_share_3m,
        m.active_months_6m / m.months_6m as active_share_6m,
        m.active_months_12m / m.months_12m as active_share_12m,
        m.active_months_24m / m.months_24m as active_share_24m,
        m.paying_months_6m / m.months_6m as paying_share_6m,
        m.paying_months_12m / m.months_12m as paying_share_12m,
        m.inflow_gross_3m / nullif(m.inflow_count_3m, 0) as inflow_size_3m,
        m.inflow_gross_12m / nullif(m.inflow_count_12m, 0) as inflow_size_12m,
        m.inflow_return_3m / nullif(m.inflow_gross_3m, 0) as inflow_return_share_3m,
        m.inflow_return_12m / nullif(m.inflow_gross_12m, 0) as inflow_return_share_12m,
        m.outflow_return_12m / nullif(m.outflow_gross_12m, 0) as outflow_return_share_12m,
        m.inflow_void_count_3m / nullif(m.inflow_void_count_3m + m.inflow_count_3m, 0) as inflow_void_share_3m,
        m.inflow_void_count_12m / nullif(m.inflow_void_count_12m + m.inflow_count_12m, 0) as inflow_void_share_12m,
        m.outflow_void_count_12m / nullif(m.outflow_void_count_12m + m.outflow_count_12m, 0) as outflow_void_share_12m
    from meant as m
),

-- what passed with each partner in the last 3 months, the 9 before them and the 12 before those
partners as (
    select
        p.customer_id,
        p.side,
        greatest(sum(case when p.month >= cast(cast(:as_of as date) - interval '3' month as date) then p.amount else 0 end), 0)
            as now_3m,
        greatest(sum(
            case
                when p.month >= cast(cast(:as_of as date) - interval '3' month as date) then 0
                when p.month >= cast(cast(:as_of as date) - interval '12' month as date) then p.amount
                else 0
            end
        ), 0) as before_9m,
        greatest(sum(
            case when p.month >= cast(cast(:as_of as date) - interval '12' month as date) then p.amount else 0 end
        ), 0) as now_12m,
        greatest(sum(
            case when p.month < cast(cast(:as_of as date) - interval '12' month as date) then p.amount else 0 end
        ), 0) as before_12m
    from facts.partner_month as p
    where
        p.month < cast(:as_of as date)
        and p.known_month < cast(:as_of as date)
        and p.month >= cast(cast(:as_of as date) - interval '24' month as date)
        and p.customer_id >= :first_customer
        and (cast(:next_customer as varchar(64)) is null or p.customer_id < cast(:next_customer as varchar(64)))
    group by p.customer_id, p.side, p.counterparty_id
),

placed as (
    select
        p.customer_id,
        p.side,
        cast(p.now_3m as numeric(20, 2)) as now_3m,
        cast(p.before_9m as numeric(20, 2)) as before_9m,
        cast(p.now_12m as numeric(20, 2)) as now_12m,
        cast(p.before_12m as numeric(20, 2)) as before_12m,
        row_number() over (partition by p.customer_id, p.side order by p.now_12m desc) as place
    from partners as p
),

concentrated as (
    select
        p.customer_id,
        p.side,
        cast(sum(case when p.now_3m > 0 then 1 else 0 end) as double precision) as partners_3m,
        cast(sum(case when p.now_12m > 0 then 1 else 0 end) as double precision) as partners_12m,
        cast(sum(case when p.before_12m > 0 then 1 else 0 end) as double precision) as partners_before_12m,
        cast(max(p.now_3m) as double precision) / nullif(cast(sum(p.now_3m) as double precision), 0) as largest_share_3m,
        cast(max(p.now_12m) as double precision) / nullif(cast(sum(p.now_12m) as double precision), 0) as largest_share_12m,
        cast(sum(case when p.place <= 3 then p.now_12m else 0 end) as double precision)
        / nullif(cast(sum(p.now_12m) as double precision), 0) as top3_share_12m,
        cast(sum(p.now_12m * p.now_12m) as double precision)
        / nullif(cast(sum(p.now_12m) as double precision) * cast(sum(p.now_12m) as double precision), 0) as hhi_12m,
        cast(sum(case when p.before_9m = 0 then p.now_3m else 0 end) as double precision)
        / nullif(cast(sum(p.now_3m) as double precision), 0) as new_share_3m,
        cast(sum(case when p.now_3m > 0 then p.before_9m else 0 end) as double precision)
        / nullif(cast(sum(p.before_9m) as double precision), 0) as kept_share_3m,
        cast(sum(case when p.now_12m > 0 then p.before_12m else 0 end) as double precision)
        / nullif(cast(sum(p.before_12m) as double precision), 0) as kept_share_12m
    from placed as p
    group by p.customer_id, p.side
),

received_events as (
    select
        e.event_id,
        e.customer_id,
        e.kind,
        e.value,
        e.occurred_on,
        e.source_known_on
    from landing.events as e
    where
        e.known_on < cast(:as_of as date)
        and e.occurred_on < cast(:as_of as date)
        and not exists (
            select 1 as found
            from ops.quarantine as q
            where
                q.table_name = 'events'
                and q.row_key = e.event_id || '|' || cast(e.source_known_on as varchar(10))
        )
),

known_events as (
    select
        e.customer_id,
        e.kind,
        e.value,
        e.occurred_on,
        e.occurred_on >= cast(cast(:as_of as date) - interval '3' month as date) as is_in_3m,
        e.occurred_on >= cast(cast(:as_of as date) - interval '12' month as date) as is_in_12m,
        cast(:as_of as date) - e.occurred_on as days_back,
        row_number() over (
            partition by e.customer_id, e.kind
            order by e.occurred_on desc, e.source_known_on desc, e.event_id collate "C" desc  -- noqa: references.consistent
        ) as newest
    from received_events as e
    where
        e.customer_id >= :first_customer
        and (cast(:next_customer as varchar(64)) is null or e.customer_id < cast(:next_customer as varchar(64)))
),

counted_events as (
    select
        e.customer_id,
        sum(case when e.kind = 'arrears' and e.is_in_12m then 1 else 0 end) as arrears_count_12m,
        max(case when e.kind = 'arrears' and e.is_in_3m then e.value else 0 end) as arrears_days_3m,
        max(case when e.kind = 'arrears' and e.is_in_12m then e.value else 0 end) as arrears_days_12m,
        min(case when e.kind = 'arrears' then e.days_back end) as days_since_arrears,
        sum(case when e.kind in ('default', 'insolvency') and e.is_in_12m then 1 else 0 end) as default_count_12m,
        max(case when e.kind = 'class5' and e.newest = 1 then e.value end) as class5_latest,
        sum(case when e.kind = 'complaint' and e.is_in_12m then 1 else 0 end) as complaint_count_12m,
        sum(case when e.kind = 'report' and e.is_in_12m then 1 else 0 end) as report_count_12m
    from known_events as e
    group by e.customer_id
),

-- empty while no event at all is known, so a bank without events gets null, and a customer without events zero
evented as (
    select
        s.customer_id,
        cast(coalesce(e.arrears_count_12m, 0) as double precision) as arrears_count_12m,
        cast(coalesce(e.arrears_days_3m, 0) as double precision) as arrears_days_3m,
        cast(coalesce(e.arrears_days_12m, 0) as double precision) as arrears_days_12m,
        cast(e.days_since_arrears as double precision) as days_since_arrears,
        cast(coalesce(e.default_count_12m, 0) as double precision) as default_count_12m,
        cast(e.class5_latest as double precision) as class5_latest,
        cast(coalesce(e.complaint_count_12m, 0) as double precision) as complaint_count_12m,
        cast(coalesce(e.report_count_12m, 0) as double precision) as report_count_12m
    from spine as s
    left join counted_events as e on s.customer_id = e.customer_id
    where s.newest = 1 and (select count(*) from received_events) > 0
),

-- what the bank's books say, as numbers and ratios; null where nothing is told or a divisor is zero
booked as (
    select
        p.customer_id,
        cast(p.deposit_balance as double precision) as deposit_balance,
        cast(p.deposit_balance_sum_3m as double precision) * 4 / nullif(cast(p.deposit_balance_sum_12m as double precision), 0) as deposits_ratio_3m_12m,
        cast(p.deposit_balance_sum_3m as double precision) / 3 / a.turnover_base_12m as deposits_to_turnover,
        cast(p.holding_value as double precision) as holding_value,
        cast(p.product_count as double precision) as product_count,
        cast(p.loan_balance as double precision) as loan_balance,
        cast(p.loan_balance as double precision) / nullif(cast(p.loan_balance_before_6m as double precision), 0) as loans_ratio_6m_ago,
        cast(p.loan_balance as double precision) / a.turnover_base_12m as loans_to_turnover,
        cast(p.overdue_amount as double precision) / nullif(cast(p.loan_balance as double precision), 0) as overdue_share,
        cast(p.days_past_due as double precision) as days_past_due,
        cast(p.days_past_due_peak_12m as double precision) as days_past_due_peak_12m,
        cast(p.loan_class5 as double precision) as loan_class5,
        cast(p.loan_balance as double precision) / nullif(cast(p.limit_amount as double precision), 0) as limit_use,
        cast(p.collateral_value as double precision) / nullif(cast(p.loan_balance as double precision), 0) as collateral_cover,
        cast(p.next_maturity_on - cast(:as_of as date) as double precision) as days_to_maturity,
        cast(p.contribution_12m as double precision) / 12 as contribution_mean_12m,
        cast(p.contribution_3m * 4 - p.contribution_12m as double precision) / 12 as contribution_change_3m,
        cast(p.report_liabilities as double precision) / nullif(cast(p.report_assets as double precision), 0) as liabilities_to_assets,
        cast(p.report_net_income as double precision) / nullif(cast(p.report_revenue as double precision), 0) as net_margin,
        cast(p.report_revenue as double precision) / nullif(cast(p.report_revenue_before as double precision), 0) as revenue_ratio_year_ago,
        cast(cast(:as_of as date) - p.report_period_end as double precision) as days_since_report
    from features.customer_positions as p
    left join averaged as a on p.customer_id = a.customer_id
    where
        p.as_of = cast(:as_of as date)
        and p.customer_id >= :first_customer
        and (cast(:next_customer as varchar(64)) is null or p.customer_id < cast(:next_customer as varchar(64)))
)

select
    s.customer_id,
    cast(:as_of as date) as as_of,
    a.turnover_mean_1m as turnover_mean_1m,  -- money | turnover, last month | 近1个月净入账
    a.turnover_mean_3m as turnover_mean_3m,  -- money | mean monthly turnover, last 3 months | 近3个月月均净入账
    a.turnover_mean_6m as turnover_mean_6m,  -- money | mean monthly turnover, last 6 months | 近6个月月均净入账
    a.turnover_mean_12m as turnover_mean_12m,  -- money | mean monthly turnover, last 12 months | 近12个月月均净入账
    a.turnover_mean_24m as turnover_mean_24m,  -- money | mean monthly turnover, last 24 months | 近24个月月均净入账
    a.turnover_mean_1m / a.turnover_base_3m as turnover_ratio_1m_3m,  -- ratio | turnover, last month over 3-month mean | 近1个月净入账与近3个月月均之比
    a.turnover_mean_1m / a.turnover_base_12m as turnover_ratio_1m_12m,  -- ratio | turnover, last month over 12-month mean | 近1个月净入账与近12个月月均之比
    a.turnover_mean_3m / a.turnover_base_12m as turnover_ratio_3m_12m,  -- ratio | turnover, 3-month mean over 12-month mean | 近3个月与近12个月月均净入账之比
    a.turnover_mean_6m / a.turnover_base_12m as turnover_ratio_6m_12m,  -- ratio | turnover, 6-month mean over 12-month mean | 近6个月与近12个月月均净入账之比
    a.turnover_mean_12m / a.turnover_base_24m as turnover_ratio_12m_24m,  -- ratio | turnover, 12-month mean over 24-month mean | 近12个月与近24个月月均净入账之比
    a.turnover_mean_3m / a.turnover_base_b3m as turnover_ratio_3m_before,  -- ratio | turnover, last 3 months over the 3 before | 近3个月与前3个月净入账之比
    a.turnover_mean_6m / a.turnover_base_b6m as turnover_ratio_6m_before,  -- ratio | turnover, last 6 months over the 6 before | 近6个月与前6个月净入账之比
    a.turnover_mean_12m / a.turnover_base_b12m as turnover_ratio_12m_before,  -- ratio | turnover, last 12 months over the 12 before | 近12个月与前12个月净入账之比
    a.turnover_mean_3m / a.turnover_base_y3m as turnover_ratio_3m_year_ago,  -- ratio | turnover, last 3 months over a year ago | 近3个月净入账同比
    a.turnover_mean_6m / a.turnover_base_y6m as turnover_ratio_6m_year_ago,  -- ratio | turnover, last 6 months over a year ago | 近6个月净入账同比
    a.turnover_season_6m as turnover_season_next_6m,  -- ratio | turnover a year ago of the 6 months to come, over the mean | 上年同期后6个月净入账与月均之比
    a.turnover_season_3m as turnover_season_next_3m,  -- ratio | turnover a year ago of the 3 months to come, over the mean | 上年同期后3个月净入账与月均之比
    a.turnover_slope_6m as turnover_slope_6m,  -- ratio | monthly change of turnover over its mean, 6 months | 近6个月净入账月变化率
    a.turnover_slope_12m as turnover_slope_12m,  -- ratio | monthly change of turnover over its mean, 12 months | 近12个月净入账月变化率
    a.turnover_slope_24m as turnover_slope_24m,  -- ratio | monthly change of turnover over its mean, 24 months | 近24个月净入账月变化率
    a.turnover_cv_3m as turnover_volatility_3m,  -- ratio | volatility of turnover, 3 months | 近3个月净入账波动率
    a.turnover_cv_6m as turnover_volatility_6m,  -- ratio | volatility of turnover, 6 months | 近6个月净入账波动率
    a.turnover_cv_12m as turnover_volatility_12m,  -- ratio | volatility of turnover, 12 months | 近12个月净入账波动率
    a.turnover_cv_24m as turnover_volatility_24m,  -- ratio | volatility of turnover, 24 months | 近24个月净入账波动率
    a.turnover_peak_12m / a.turnover_base_12m as turnover_peak_12m,  -- ratio | largest month of turnover over the mean, 12 months | 近12个月最大月净入账与月均之比
    a.turnover_mean_3m / nullif(a.turnover_peak_24m, 0) as turnover_ratio_3m_peak,  -- ratio | turnover, 3-month mean over the peak of 24 | 近3个月月均净入账与24个月峰值之比
    a.active_share_3m as turnover_active_3m,  -- share | months with turnover, last 3 | 近3个月有净入账月份占比
    a.active_share_6m as turnover_active_6m,  -- share | months with turnover, last 6 | 近6个月有净入账月份占比
    a.active_share_12m as turnover_active_12m,  -- share | months with turnover, last 12 | 近12个月有净入账月份占比
    a.active_share_24m as turnover_active_24m,  -- share | months with turnover, last 24 | 近24个月有净入账月份占比
    a.outflow_mean_3m as outflow_mean_3m,  -- money | mean monthly outflow, last 3 months | 近3个月月均流出
    a.outflow_mean_12m as outflow_mean_12m,  -- money | mean monthly outflow, last 12 months | 近12个月月均流出
    a.outflow_mean_1m / a.outflow_base_12m as outflow_ratio_1m_12m,  -- ratio | outflow, last month over 12-month mean | 近1个月流出与近12个月月均之比
    a.outflow_mean_3m / a.outflow_base_12m as outflow_ratio_3m_12m,  -- ratio | outflow, 3-month mean over 12-month mean | 近3个月与近12个月月均流出之比
    a.outflow_mean_6m / a.outflow_base_12m as outflow_ratio_6m_12m,  -- ratio | outflow, 6-month mean over 12-month mean | 近6个月与近12个月月均流出之比
    a.outflow_mean_12m / a.outflow_base_24m as outflow_ratio_12m_24m,  -- ratio | outflow, 12-month mean over 24-month mean | 近12个月与近24个月月均流出之比
    a.outflow_mean_3m / a.outflow_base_y3m as outflow_ratio_3m_year_ago,  -- ratio | outflow, last 3 months over a year ago | 近3个月流出同比
    a.outflow_mean_6m / a.outflow_base_y6m as outflow_ratio_6m_year_ago,  -- ratio | outflow, last 6 months over a year ago | 近6个月流出同比
    a.outflow_mean_b6m / a.outflow_base_12m as outflow_season_next_6m,  -- ratio | outflow a year ago of the 6 months to come, over the mean | 上年同期后6个月流出与月均之比
    a.outflow_slope_6m as outflow_slope_6m,  -- ratio | monthly change of outflow over its mean, 6 months | 近6个月流出月变化率
    a.outflow_slope_12m as outflow_slope_12m,  -- ratio | monthly change of outflow over its mean, 12 months | 近12个月流出月变化率
    a.outflow_cv_6m as outflow_volatility_6m,  -- ratio | volatility of outflow, 6 months | 近6个月流出波动率
    a.outflow_cv_12m as outflow_volatility_12m,  -- ratio | volatility of outflow, 12 months | 近12个月流出波动率
    a.paying_share_6m as outflow_active_6m,  -- share | months with outflow, last 6 | 近6个月有流出月份占比
    a.paying_share_12m as outflow_active_12m,  -- share | months with outflow, last 12 | 近12个月有流出月份占比
    a.net_mean_3m as net_mean_3m,  -- money | mean monthly net flow, last 3 months | 近3个月月均收支净额
    a.net_mean_12m as net_mean_12m,  -- money | mean monthly net flow, last 12 months | 近12个月月均收支净额
    a.net_deviation_12m / a.turnover_base_12m as net_volatility_12m,  -- ratio | deviation of net flow over mean turnover, 12 months | 近12个月收支净额波动与月均净入账之比
    a.outflow_mean_3m / a.turnover_base_3m as outflow_to_turnover_3m,  -- ratio | outflow over turnover, last 3 months | 近3个月流出与净入账之比
    a.outflow_mean_6m / a.turnover_base_6m as outflow_to_turnover_6m,  -- ratio | outflow over turnover, last 6 months | 近6个月流出与净入账之比
    a.outflow_mean_12m / a.turnover_base_12m as outflow_to_turnover_12m,  -- ratio | outflow over turnover, last 12 months | 近12个月流出与净入账之比
    a.outflow_mean_24m / a.turnover_base_24m as outflow_to_turnover_24m,  -- ratio | outflow over turnover, last 24 months | 近24个月流出与净入账之比
    a.outflow_mean_3m / a.turnover_base_12m as outflow_3m_to_turnover_12m,  -- ratio | outflow of 3 months over turnover of 12, means | 近3个月月均流出与近12个月月均净入账之比
    a.inflow_count_mean_3m as inflow_count_mean_3m,  -- count | receipts a month, last 3 months | 近3个月月均入账笔数
    a.inflow_count_mean_12m as inflow_count_mean_12m,  -- count | receipts a month, last 12 months | 近12个月月均入账笔数
    a.inflow_count_mean_1m / a.inflow_count_base_12m as inflow_count_ratio_1m_12m,  -- ratio | receipts, last month over 12-month mean | 近1个月入账笔数与近12个月月均之比
    a.inflow_count_mean_3m / a.inflow_count_base_12m as inflow_count_ratio_3m_12m,  -- ratio | receipts, 3-month mean over 12-month mean | 近3个月与近12个月月均入账笔数之比
    a.inflow_count_mean_6m / a.inflow_count_base_12m as inflow_count_ratio_6m_12m,  -- ratio | receipts, 6-month mean over 12-month mean | 近6个月与近12个月月均入账笔数之比
    a.inflow_count_mean_3m / a.inflow_count_base_y3m as inflow_count_ratio_3m_year_ago,  -- ratio | receipts, last 3 months over a year ago | 近3个月入账笔数同比
    a.inflow_count_slope_6m as inflow_count_slope_6m,  -- ratio | monthly change of receipts over their mean, 6 months | 近6个月入账笔数月变化率
    a.inflow_count_slope_12m as inflow_count_slope_12m,  -- ratio | monthly change of receipts over their mean, 12 months | 近12个月入账笔数月变化率
    a.inflow_count_cv_12m as inflow_count_volatility_12m,  -- ratio | volatility of receipts, 12 months | 近12个月入账笔数波动率
    a.outflow_count_mean_3m as outflow_count_mean_3m,  -- count | payments a month, last 3 months | 近3个月月均付款笔数
    a.outflow_count_mean_12m as outflow_count_mean_12m,  -- count | payments a month, last 12 months | 近12个月月均付款笔数
    a.outflow_count_mean_1m / a.outflow_count_base_12m as outflow_count_ratio_1m_12m,  -- ratio | payments, last month over 12-month mean | 近1个月付款笔数与近12个月月均之比
    a.outflow_count_mean_3m / a.outflow_count_base_12m as outflow_count_ratio_3m_12m,  -- ratio | payments, 3-month mean over 12-month mean | 近3个月与近12个月月均付款笔数之比
    a.outflow_count_slope_12m as outflow_count_slope_12m,  -- ratio | monthly change of payments over their mean, 12 months | 近12个月付款笔数月变化率
    a.inflow_size_3m as inflow_size_3m,  -- money | mean size of a receipt, last 3 months | 近3个月笔均入账金额
    a.inflow_size_12m as inflow_size_12m,  -- money | mean size of a receipt, last 12 months | 近12个月笔均入账金额
    a.inflow_size_3m / nullif(a.inflow_size_12m, 0) as inflow_size_ratio_3m_12m,  -- ratio | size of a receipt, 3 months over 12 months | 近3个月与近12个月笔均入账金额之比
    a.inflow_return_share_3m as inflow_return_share_3m,  -- share | returned to payers over inflow, last 3 months | 近3个月退给付款方占入账比例
    a.inflow_return_share_12m as inflow_return_share_12m,  -- share | returned to payers over inflow, last 12 months | 近12个月退给付款方占入账比例
    a.inflow_return_count_12m as inflow_return_count_12m,  -- count | times returned to payers, last 12 months | 近12个月退给付款方笔数
    a.outflow_return_share_12m as outflow_return_share_12m,  -- share | returned by payees over outflow, last 12 months | 近12个月收款方退回占流出比例
    a.inflow_void_share_3m as inflow_void_share_3m,  -- share | void among receipts, last 3 months | 近3个月作废入账笔数占比
    a.inflow_void_share_12m as inflow_void_share_12m,  -- share | void among receipts, last 12 months | 近12个月作废入账笔数占比
    a.outflow_void_share_12m as outflow_void_share_12m,  -- share | void among payments, last 12 months | 近12个月作废付款笔数占比
    ci.partners_3m as inflow_partners_3m,  -- count | payers, last 3 months | 近3个月付款方数量
    ci.partners_12m as inflow_partners_12m,  -- count | payers, last 12 months | 近12个月付款方数量
    ci.partners_3m / nullif(ci.partners_12m, 0) as inflow_partners_ratio_3m_12m,  -- ratio | payers, 3 months over 12 | 近3个月与近12个月付款方数量之比
    ci.partners_12m / nullif(ci.partners_before_12m, 0) as inflow_partners_ratio_12m_before,  -- ratio | payers, 12 months over the 12 before | 付款方数量年度之比
    ci.largest_share_3m as inflow_largest_share_3m,  -- share | largest payer, last 3 months | 近3个月最大付款方占比
    ci.largest_share_12m as inflow_largest_share_12m,  -- share | largest payer, last 12 months | 近12个月最大付款方占比
    ci.top3_share_12m as inflow_top3_share_12m,  -- share | three largest payers, last 12 months | 近12个月前三大付款方占比
    ci.hhi_12m as inflow_concentration_12m,  -- share | concentration on payers (HHI), 12 months | 近12个月付款方集中度
    ci.new_share_3m as inflow_new_share_3m,  -- share | inflow of 3 months from payers without any in the 9 before | 近3个月入账中此前9个月无往来付款方占比
    ci.kept_share_3m as inflow_kept_share_3m,  -- share | inflow of the 9 months before the last 3, from payers of the last 3 | 此前9个月入账中近3个月仍付款的付款方占比
    ci.kept_share_12m as inflow_kept_share_12m,  -- share | inflow of the 12 months before the last 12, from payers of the last 12 | 前12个月入账中近12个月仍付款的付款方占比
    co.partners_3m as outflow_partners_3m,  -- count | payees, last 3 months | 近3个月收款方数量
    co.partners_12m as outflow_partners_12m,  -- count | payees, last 12 months | 近12个月收款方数量
    co.partners_3m / nullif(co.partners_12m, 0) as outflow_partners_ratio_3m_12m,  -- ratio | payees, 3 months over 12 | 近3个月与近12个月收款方数量之比
    co.partners_12m / nullif(co.partners_before_12m, 0) as outflow_partners_ratio_12m_before,  -- ratio | payees, 12 months over the 12 before | 收款方数量年度之比
    co.largest_share_12m as outflow_largest_share_12m,  -- share | largest payee, last 12 months | 近12个月最大收款方占比
    co.top3_share_12m as outflow_top3_share_12m,  -- share | three largest payees, last 12 months | 近12个月前三大收款方占比
    co.hhi_12m as outflow_concentration_12m,  -- share | concentration on payees (HHI), 12 months | 近12个月收款方集中度
    co.new_share_3m as outflow_new_share_3m,  -- share | outflow of 3 months to payees without any in the 9 before | 近3个月流出中此前9个月无往来收款方占比
    co.kept_share_3m as outflow_kept_share_3m,  -- share | outflow of the 9 months before the last 3, to payees of the last 3 | 此前9个月流出中近3个月仍收款的收款方占比
    co.kept_share_12m as outflow_kept_share_12m,  -- share | outflow of the 12 months before the last 12, to payees of the last 12 | 前12个月流出中近12个月仍收款的收款方占比
    cast(a.months_since_inflow as double precision) as months_since_inflow,  -- months | months since the last inflow, 1 = last month | 距最近入账月数
    cast(a.months_since_outflow as double precision) as months_since_outflow,  -- months | months since the last outflow, 1 = last month | 距最近付款月数
    cast(a.age_months as double precision) as months_of_history,  -- months | months since the first inflow or outflow | 首次收付款距今月数
    cast(cast(:as_of as date) - s.joined_on as double precision) as days_since_joined,  -- days | days since the customer joined | 开户距今天数
    cast(cast(:as_of as date) - s.founded_on as double precision) as days_since_founded,  -- days | days since the firm was founded | 成立距今天数
    cast(s.employees as double precision) as employees,  -- count | employees | 员工人数
    cast(s.capital as double precision) as capital,  -- money | registered capital | 注册资本
    cast(case when s.relation = 'customer' then 1 else 0 end as double precision) as is_customer,  -- flag | has a relation with the bank | 是否本行客户
    e.arrears_count_12m as arrears_count_12m,  -- count | arrears, last 12 months | 近12个月逾期次数
    e.arrears_days_3m as arrears_days_3m,  -- days | longest arrears, last 3 months | 近3个月最长逾期天数
    e.arrears_days_12m as arrears_days_12m,  -- days | longest arrears, last 12 months | 近12个月最长逾期天数
    e.days_since_arrears as days_since_arrears,  -- days | days since the last arrears | 距最近逾期天数
    e.default_count_12m as default_count_12m,  -- count | defaults and insolvency, last 12 months | 近12个月违约及破产次数
    e.class5_latest as class5_latest,  -- count | last five-class grade, 1 best and 5 worst | 最近五级分类
    e.complaint_count_12m as complaint_count_12m,  -- count | complaints, last 12 months | 近12个月投诉次数
    e.report_count_12m as report_count_12m,  -- count | reports, last 12 months | 近12个月报告次数
    b.deposit_balance as deposit_balance,  -- money | deposits at the end of the last month told | 最近月末存款余额
    b.deposits_ratio_3m_12m as deposits_ratio_3m_12m,  -- ratio | mean deposits, 3 months over 12 | 近3个月与近12个月日均存款之比
    b.deposits_to_turnover as deposits_to_turnover,  -- ratio | mean deposits over mean monthly turnover | 日均存款与月均净入账之比
    b.holding_value as holding_value,  -- money | wealth products, funds and insurance held | 持有理财基金保险市值
    b.product_count as product_count,  -- count | different products held | 持有产品种类数
    b.loan_balance as loan_balance,  -- money | loans outstanding | 贷款余额
    b.loans_ratio_6m_ago as loans_ratio_6m_ago,  -- ratio | loans outstanding over those of 6 months ago | 贷款余额与6个月前之比
    b.loans_to_turnover as loans_to_turnover,  -- ratio | loans over mean monthly turnover | 贷款余额与月均净入账之比
    b.overdue_share as overdue_share,  -- share | of the loans overdue | 逾期贷款占比
    b.days_past_due as days_past_due,  -- days | most days past due, last month told | 最近月最长逾期天数
    b.days_past_due_peak_12m as days_past_due_peak_12m,  -- days | most days past due, last 12 months told | 近12个月最长逾期天数（贷款台账）
    b.loan_class5 as loan_class5,  -- count | worst five-class grade of a loan, 1 best and 5 worst | 贷款最差五级分类
    b.limit_use as limit_use,  -- ratio | loans over their limits | 授信额度使用率
    b.collateral_cover as collateral_cover,  -- ratio | collateral over loans | 抵押物覆盖率
    b.days_to_maturity as days_to_maturity,  -- days | days until the next loan matures | 距最近贷款到期天数
    b.contribution_mean_12m as contribution_mean_12m,  -- money | mean monthly contribution, 12 months | 近12个月月均贡献度
    b.contribution_change_3m as contribution_change_3m,  -- money | mean monthly contribution, 3 months less 12 | 近3个月与近12个月月均贡献度之差
    b.liabilities_to_assets as liabilities_to_assets,  -- ratio | liabilities over assets, last yearly report | 年报资产负债率
    b.net_margin as net_margin,  -- ratio | net income over revenue, last yearly report | 年报净利率
    b.revenue_ratio_year_ago as revenue_ratio_year_ago,  -- ratio | revenue of the last yearly report over the year before | 年报营业收入同比
    b.days_since_report as days_since_report  -- days | days since the end of the last yearly report | 距最近年报期末天数
from spine as s
left join averaged as a on s.customer_id = a.customer_id
left join concentrated as ci on s.customer_id = ci.customer_id and ci.side = 'in'
left join concentrated as co on s.customer_id = co.customer_id and co.side = 'out'
left join evented as e on s.customer_id = e.customer_id
left join booked as b on s.customer_id = b.customer_id
where s.newest = 1
