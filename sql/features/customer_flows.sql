-- One row a customer of features.customer_profile of :as_of with any flow, :first_customer <= customer_id < :next_customer (null: no end);
-- from months booked and known before :as_of.
-- Turnover is inflow less returns. A span longer than a customer's history uses the months that exist; null is unknown: no such month, or a
-- zero divisor.
-- Money is summed as whole cents, and counts as whole numbers, in double precision: exact in any order up to 2^53 (90 trillion in money), and
-- faster than numeric. Squares are summed in numeric. So both engines give the same bits.
-- back: months before as_of, 1 is the last one
with measured as (
    select
        m.customer_id,
        m.month,
        m.known_month <> m.month as is_restated,
        round(cast(m.inflow_amount as double precision) * 100) as inflow_gross,
        round(cast(m.outflow_amount as double precision) * 100) as outflow_gross,
        round(cast(m.inflow_return_amount as double precision) * 100) as inflow_return,
        round(cast(m.outflow_return_amount as double precision) * 100) as outflow_return,
        cast(m.inflow_count as double precision) as inflow_count,
        cast(m.outflow_count as double precision) as outflow_count,
        cast(m.inflow_return_count as double precision) as inflow_return_count,
        cast(m.inflow_void_count as double precision) as inflow_void_count,
        cast(m.outflow_void_count as double precision) as outflow_void_count
    from facts.customer_month as m
    inner join features.customer_profile as c on m.customer_id = c.customer_id and c.as_of = cast(:as_of as date)
    where
        m.month < cast(:as_of as date)
        and m.known_month < cast(:as_of as date)
        and m.month >= cast(cast(:as_of as date) - interval '24' month as date)
        and m.customer_id >= :first_customer
        and (cast(:next_customer as varchar(64)) is null or m.customer_id < cast(:next_customer as varchar(64)))
),

-- Months with rows known in another month. Only these can have several rows, so only these are grouped: to group all of them takes as long
-- as all that follows.
restated as (
    select distinct
        m.customer_id,
        m.month
    from measured as m
    where m.is_restated
),

monthly as (
    select
        m.customer_id,
        m.month,
        m.inflow_gross,
        m.outflow_gross,
        m.inflow_return,
        m.outflow_return,
        m.inflow_count,
        m.outflow_count,
        m.inflow_return_count,
        m.inflow_void_count,
        m.outflow_void_count
    from measured as m
    where
        not exists (
            select 1 as found
            from restated as r
            where r.customer_id = m.customer_id and r.month = m.month
        )
    union all
    select
        m.customer_id,
        m.month,
        sum(m.inflow_gross) as inflow_gross,
        sum(m.outflow_gross) as outflow_gross,
        sum(m.inflow_return) as inflow_return,
        sum(m.outflow_return) as outflow_return,
        sum(m.inflow_count) as inflow_count,
        sum(m.outflow_count) as outflow_count,
        sum(m.inflow_return_count) as inflow_return_count,
        sum(m.inflow_void_count) as inflow_void_count,
        sum(m.outflow_void_count) as outflow_void_count
    from measured as m
    inner join restated as r on m.customer_id = r.customer_id and m.month = r.month
    group by m.customer_id, m.month
),

flows_of_month as (
    select
        m.customer_id,
        cast(
            (extract(year from cast(:as_of as date)) - extract(year from m.month)) * 12
            + extract(month from cast(:as_of as date)) - extract(month from m.month) as integer
        ) as back,
        m.inflow_gross - m.inflow_return as turnover,
        m.outflow_gross - m.outflow_return as outflow,
        cast(cast(m.inflow_gross - m.inflow_return as bigint) * 0.01 as numeric(19, 2)) as exact_turnover,
        cast(cast(m.outflow_gross - m.outflow_return as bigint) * 0.01 as numeric(19, 2)) as exact_outflow,
        cast(cast(m.inflow_gross - m.inflow_return - m.outflow_gross + m.outflow_return as bigint) * 0.01 as numeric(19, 2)) as exact_net,
        m.inflow_gross,
        m.outflow_gross,
        m.inflow_return,
        m.outflow_return,
        m.inflow_count,
        m.outflow_count,
        m.inflow_return_count,
        m.inflow_void_count,
        m.outflow_void_count
    from monthly as m
),

-- First and last months of real flow over the whole history. A month is what its rows sum to, so a receipt taken back later is none; voids
-- and returns alone begin no history.
flowing as (
    select
        m.customer_id,
        m.back,
        m.inflow_gross > 0 as is_in,
        m.outflow_gross > 0 as is_out
    from flows_of_month as m
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
    inner join features.customer_profile as c on m.customer_id = c.customer_id and c.as_of = cast(:as_of as date)
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
        min(f.back) filter (where f.is_in) as months_since_inflow,
        min(f.back) filter (where f.is_out) as months_since_outflow
    from flowing as f
    group by f.customer_id
),

-- one pass over the months gives every sum of the last 1, 3, 6, ... 24; months before the first real flow count in none
summed as (
    select
        m.customer_id,
        sum(m.turnover) filter (where m.back <= 1) as turnover_1m,
        sum(m.turnover) filter (where m.back <= 3) as turnover_3m,
        sum(m.turnover) filter (where m.back <= 6) as turnover_6m,
        sum(m.turnover) filter (where m.back <= 9) as turnover_9m,
        sum(m.turnover) filter (where m.back <= 12) as turnover_12m,
        sum(m.turnover) filter (where m.back <= 15) as turnover_15m,
        sum(m.turnover) filter (where m.back <= 18) as turnover_18m,
        sum(m.turnover) as turnover_24m,
        sum(m.exact_turnover * m.exact_turnover) filter (where m.back <= 3) as turnover_sq_3m,
        sum(m.exact_turnover * m.exact_turnover) filter (where m.back <= 6) as turnover_sq_6m,
        sum(m.exact_turnover * m.exact_turnover) filter (where m.back <= 12) as turnover_sq_12m,
        sum(m.exact_turnover * m.exact_turnover) as turnover_sq_24m,
        sum(m.back * m.turnover) filter (where m.back <= 6) as turnover_back_6m,
        sum(m.back * m.turnover) filter (where m.back <= 12) as turnover_back_12m,
        sum(m.back * m.turnover) as turnover_back_24m,
        sum(m.outflow) filter (where m.back <= 1) as outflow_1m,
        sum(m.outflow) filter (where m.back <= 3) as outflow_3m,
        sum(m.outflow) filter (where m.back <= 6) as outflow_6m,
        sum(m.outflow) filter (where m.back <= 12) as outflow_12m,
        sum(m.outflow) filter (where m.back <= 15) as outflow_15m,
        sum(m.outflow) filter (where m.back <= 18) as outflow_18m,
        sum(m.outflow) as outflow_24m,
        sum(m.exact_outflow * m.exact_outflow) filter (where m.back <= 6) as outflow_sq_6m,
        sum(m.exact_outflow * m.exact_outflow) filter (where m.back <= 12) as outflow_sq_12m,
        sum(m.back * m.outflow) filter (where m.back <= 6) as outflow_back_6m,
        sum(m.back * m.outflow) filter (where m.back <= 12) as outflow_back_12m,
        sum(m.exact_net * m.exact_net) filter (where m.back <= 12) as net_sq_12m,
        sum(m.inflow_count) filter (where m.back <= 1) as inflow_count_1m,
        sum(m.inflow_count) filter (where m.back <= 3) as inflow_count_3m,
        sum(m.inflow_count) filter (where m.back <= 6) as inflow_count_6m,
        sum(m.inflow_count) filter (where m.back <= 12) as inflow_count_12m,
        sum(m.inflow_count) filter (where m.back <= 15) as inflow_count_15m,
        sum(m.inflow_count * m.inflow_count) filter (where m.back <= 12) as inflow_count_sq_12m,
        sum(m.back * m.inflow_count) filter (where m.back <= 6) as inflow_count_back_6m,
        sum(m.back * m.inflow_count) filter (where m.back <= 12) as inflow_count_back_12m,
        sum(m.outflow_count) filter (where m.back <= 1) as outflow_count_1m,
        sum(m.outflow_count) filter (where m.back <= 3) as outflow_count_3m,
        sum(m.outflow_count) filter (where m.back <= 12) as outflow_count_12m,
        sum(m.back * m.outflow_count) filter (where m.back <= 12) as outflow_count_back_12m,
        sum(m.inflow_gross) filter (where m.back <= 3) as inflow_gross_3m,
        sum(m.inflow_gross) filter (where m.back <= 12) as inflow_gross_12m,
        sum(m.outflow_gross) filter (where m.back <= 12) as outflow_gross_12m,
        sum(m.inflow_return) filter (where m.back <= 3) as inflow_return_3m,
        sum(m.inflow_return) filter (where m.back <= 12) as inflow_return_12m,
        sum(m.outflow_return) filter (where m.back <= 12) as outflow_return_12m,
        sum(m.inflow_return_count) filter (where m.back <= 12) as inflow_return_count_12m,
        sum(m.inflow_void_count) filter (where m.back <= 3) as inflow_void_count_3m,
        sum(m.inflow_void_count) filter (where m.back <= 12) as inflow_void_count_12m,
        sum(m.outflow_void_count) filter (where m.back <= 12) as outflow_void_count_12m,
        max(m.turnover) filter (where m.back <= 12) as turnover_peak_12m,
        max(m.turnover) as turnover_peak_24m,
        count(*) filter (where m.back <= 3 and m.turnover > 0) as active_months_3m,
        count(*) filter (where m.back <= 6 and m.turnover > 0) as active_months_6m,
        count(*) filter (where m.back <= 12 and m.turnover > 0) as active_months_12m,
        count(*) filter (where m.turnover > 0) as active_months_24m,
        count(*) filter (where m.back <= 6 and m.outflow > 0) as paying_months_6m,
        count(*) filter (where m.back <= 12 and m.outflow > 0) as paying_months_12m
    from flows_of_month as m
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
        coalesce(s.turnover_1m, 0) / 100 as turnover_1m,
        coalesce(s.turnover_3m, 0) / 100 as turnover_3m,
        coalesce(s.turnover_6m, 0) / 100 as turnover_6m,
        coalesce(s.turnover_12m, 0) / 100 as turnover_12m,
        coalesce(s.turnover_24m, 0) / 100 as turnover_24m,
        cast(coalesce(s.turnover_sq_3m, 0) as double precision) as turnover_sq_3m,
        cast(coalesce(s.turnover_sq_6m, 0) as double precision) as turnover_sq_6m,
        cast(coalesce(s.turnover_sq_12m, 0) as double precision) as turnover_sq_12m,
        cast(coalesce(s.turnover_sq_24m, 0) as double precision) as turnover_sq_24m,
        coalesce(s.turnover_back_6m, 0) / 100 as turnover_back_6m,
        coalesce(s.turnover_back_12m, 0) / 100 as turnover_back_12m,
        coalesce(s.turnover_back_24m, 0) / 100 as turnover_back_24m,
        coalesce(s.outflow_1m, 0) / 100 as outflow_1m,
        coalesce(s.outflow_3m, 0) / 100 as outflow_3m,
        coalesce(s.outflow_6m, 0) / 100 as outflow_6m,
        coalesce(s.outflow_12m, 0) / 100 as outflow_12m,
        coalesce(s.outflow_24m, 0) / 100 as outflow_24m,
        cast(coalesce(s.outflow_sq_6m, 0) as double precision) as outflow_sq_6m,
        cast(coalesce(s.outflow_sq_12m, 0) as double precision) as outflow_sq_12m,
        coalesce(s.outflow_back_6m, 0) / 100 as outflow_back_6m,
        coalesce(s.outflow_back_12m, 0) / 100 as outflow_back_12m,
        cast(coalesce(s.net_sq_12m, 0) as double precision) as net_sq_12m,
        coalesce(s.inflow_count_1m, 0) as inflow_count_1m,
        coalesce(s.inflow_count_3m, 0) as inflow_count_3m,
        coalesce(s.inflow_count_6m, 0) as inflow_count_6m,
        coalesce(s.inflow_count_12m, 0) as inflow_count_12m,
        coalesce(s.inflow_count_sq_12m, 0) as inflow_count_sq_12m,
        coalesce(s.inflow_count_back_6m, 0) as inflow_count_back_6m,
        coalesce(s.inflow_count_back_12m, 0) as inflow_count_back_12m,
        coalesce(s.outflow_count_1m, 0) as outflow_count_1m,
        coalesce(s.outflow_count_3m, 0) as outflow_count_3m,
        coalesce(s.outflow_count_12m, 0) as outflow_count_12m,
        coalesce(s.outflow_count_back_12m, 0) as outflow_count_back_12m,
        coalesce(s.inflow_gross_3m, 0) / 100 as inflow_gross_3m,
        coalesce(s.inflow_gross_12m, 0) / 100 as inflow_gross_12m,
        coalesce(s.outflow_gross_12m, 0) / 100 as outflow_gross_12m,
        coalesce(s.inflow_return_3m, 0) / 100 as inflow_return_3m,
        coalesce(s.inflow_return_12m, 0) / 100 as inflow_return_12m,
        coalesce(s.outflow_return_12m, 0) / 100 as outflow_return_12m,
        coalesce(s.inflow_return_count_12m, 0) as inflow_return_count_12m,
        coalesce(s.inflow_void_count_3m, 0) as inflow_void_count_3m,
        coalesce(s.inflow_void_count_12m, 0) as inflow_void_count_12m,
        coalesce(s.outflow_void_count_12m, 0) as outflow_void_count_12m,
        coalesce(s.turnover_peak_12m, 0) / 100 as turnover_peak_12m,
        coalesce(s.turnover_peak_24m, 0) / 100 as turnover_peak_24m,
        cast(coalesce(s.active_months_3m, 0) as double precision) as active_months_3m,
        cast(coalesce(s.active_months_6m, 0) as double precision) as active_months_6m,
        cast(coalesce(s.active_months_12m, 0) as double precision) as active_months_12m,
        cast(coalesce(s.active_months_24m, 0) as double precision) as active_months_24m,
        cast(coalesce(s.paying_months_6m, 0) as double precision) as paying_months_6m,
        cast(coalesce(s.paying_months_12m, 0) as double precision) as paying_months_12m,
        (coalesce(s.turnover_6m, 0) - coalesce(s.turnover_3m, 0)) / 100 as turnover_b3m,
        (coalesce(s.turnover_12m, 0) - coalesce(s.turnover_6m, 0)) / 100 as turnover_b6m,
        (coalesce(s.turnover_24m, 0) - coalesce(s.turnover_12m, 0)) / 100 as turnover_b12m,
        (coalesce(s.turnover_15m, 0) - coalesce(s.turnover_12m, 0)) / 100 as turnover_y3m,
        (coalesce(s.turnover_18m, 0) - coalesce(s.turnover_12m, 0)) / 100 as turnover_y6m,
        (coalesce(s.turnover_12m, 0) - coalesce(s.turnover_9m, 0)) / 100 as turnover_n3m,
        (coalesce(s.outflow_12m, 0) - coalesce(s.outflow_6m, 0)) / 100 as outflow_b6m,
        (coalesce(s.outflow_15m, 0) - coalesce(s.outflow_12m, 0)) / 100 as outflow_y3m,
        (coalesce(s.outflow_18m, 0) - coalesce(s.outflow_12m, 0)) / 100 as outflow_y6m,
        (coalesce(s.inflow_count_15m, 0) - coalesce(s.inflow_count_12m, 0)) as inflow_count_y3m
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
)

select
    a.customer_id,
    cast(:as_of as date) as as_of,
    a.turnover_mean_1m as turnover_mean_1m,
    a.turnover_mean_3m as turnover_mean_3m,
    a.turnover_mean_6m as turnover_mean_6m,
    a.turnover_mean_12m as turnover_mean_12m,
    a.turnover_mean_24m as turnover_mean_24m,
    a.turnover_mean_1m / a.turnover_base_3m as turnover_ratio_1m_3m,
    a.turnover_mean_1m / a.turnover_base_12m as turnover_ratio_1m_12m,
    a.turnover_mean_3m / a.turnover_base_12m as turnover_ratio_3m_12m,
    a.turnover_mean_6m / a.turnover_base_12m as turnover_ratio_6m_12m,
    a.turnover_mean_12m / a.turnover_base_24m as turnover_ratio_12m_24m,
    a.turnover_mean_3m / a.turnover_base_b3m as turnover_ratio_3m_before,
    a.turnover_mean_6m / a.turnover_base_b6m as turnover_ratio_6m_before,
    a.turnover_mean_12m / a.turnover_base_b12m as turnover_ratio_12m_before,
    a.turnover_mean_3m / a.turnover_base_y3m as turnover_ratio_3m_year_ago,
    a.turnover_mean_6m / a.turnover_base_y6m as turnover_ratio_6m_year_ago,
    a.turnover_season_6m as turnover_season_next_6m,
    a.turnover_season_3m as turnover_season_next_3m,
    a.turnover_slope_6m as turnover_slope_6m,
    a.turnover_slope_12m as turnover_slope_12m,
    a.turnover_slope_24m as turnover_slope_24m,
    a.turnover_cv_3m as turnover_volatility_3m,
    a.turnover_cv_6m as turnover_volatility_6m,
    a.turnover_cv_12m as turnover_volatility_12m,
    a.turnover_cv_24m as turnover_volatility_24m,
    a.turnover_peak_12m / a.turnover_base_12m as turnover_peak_12m,
    a.turnover_mean_3m / nullif(a.turnover_peak_24m, 0) as turnover_ratio_3m_peak,
    a.active_share_3m as turnover_active_3m,
    a.active_share_6m as turnover_active_6m,
    a.active_share_12m as turnover_active_12m,
    a.active_share_24m as turnover_active_24m,
    a.outflow_mean_3m as outflow_mean_3m,
    a.outflow_mean_12m as outflow_mean_12m,
    a.outflow_mean_1m / a.outflow_base_12m as outflow_ratio_1m_12m,
    a.outflow_mean_3m / a.outflow_base_12m as outflow_ratio_3m_12m,
    a.outflow_mean_6m / a.outflow_base_12m as outflow_ratio_6m_12m,
    a.outflow_mean_12m / a.outflow_base_24m as outflow_ratio_12m_24m,
    a.outflow_mean_3m / a.outflow_base_y3m as outflow_ratio_3m_year_ago,
    a.outflow_mean_6m / a.outflow_base_y6m as outflow_ratio_6m_year_ago,
    a.outflow_mean_b6m / a.outflow_base_12m as outflow_season_next_6m,
    a.outflow_slope_6m as outflow_slope_6m,
    a.outflow_slope_12m as outflow_slope_12m,
    a.outflow_cv_6m as outflow_volatility_6m,
    a.outflow_cv_12m as outflow_volatility_12m,
    a.paying_share_6m as outflow_active_6m,
    a.paying_share_12m as outflow_active_12m,
    a.net_mean_3m as net_mean_3m,
    a.net_mean_12m as net_mean_12m,
    a.net_deviation_12m / a.turnover_base_12m as net_volatility_12m,
    a.outflow_mean_3m / a.turnover_base_3m as outflow_to_turnover_3m,
    a.outflow_mean_6m / a.turnover_base_6m as outflow_to_turnover_6m,
    a.outflow_mean_12m / a.turnover_base_12m as outflow_to_turnover_12m,
    a.outflow_mean_24m / a.turnover_base_24m as outflow_to_turnover_24m,
    a.outflow_mean_3m / a.turnover_base_12m as outflow_3m_to_turnover_12m,
    a.inflow_count_mean_3m as inflow_count_mean_3m,
    a.inflow_count_mean_12m as inflow_count_mean_12m,
    a.inflow_count_mean_1m / a.inflow_count_base_12m as inflow_count_ratio_1m_12m,
    a.inflow_count_mean_3m / a.inflow_count_base_12m as inflow_count_ratio_3m_12m,
    a.inflow_count_mean_6m / a.inflow_count_base_12m as inflow_count_ratio_6m_12m,
    a.inflow_count_mean_3m / a.inflow_count_base_y3m as inflow_count_ratio_3m_year_ago,
    a.inflow_count_slope_6m as inflow_count_slope_6m,
    a.inflow_count_slope_12m as inflow_count_slope_12m,
    a.inflow_count_cv_12m as inflow_count_volatility_12m,
    a.outflow_count_mean_3m as outflow_count_mean_3m,
    a.outflow_count_mean_12m as outflow_count_mean_12m,
    a.outflow_count_mean_1m / a.outflow_count_base_12m as outflow_count_ratio_1m_12m,
    a.outflow_count_mean_3m / a.outflow_count_base_12m as outflow_count_ratio_3m_12m,
    a.outflow_count_slope_12m as outflow_count_slope_12m,
    a.inflow_size_3m as inflow_size_3m,
    a.inflow_size_12m as inflow_size_12m,
    a.inflow_size_3m / nullif(a.inflow_size_12m, 0) as inflow_size_ratio_3m_12m,
    a.inflow_return_share_3m as inflow_return_share_3m,
    a.inflow_return_share_12m as inflow_return_share_12m,
    a.inflow_return_count_12m as inflow_return_count_12m,
    a.outflow_return_share_12m as outflow_return_share_12m,
    a.inflow_void_share_3m as inflow_void_share_3m,
    a.inflow_void_share_12m as inflow_void_share_12m,
    a.outflow_void_share_12m as outflow_void_share_12m,
    cast(a.months_since_inflow as double precision) as months_since_inflow,
    cast(a.months_since_outflow as double precision) as months_since_outflow,
    cast(a.age_months as double precision) as months_of_history
from averaged as a
