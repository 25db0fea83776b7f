-- One row a customer known before :as_of; from months and rows both booked and known before it.
-- Money and counts are summed exactly (numeric), bucket by bucket, and become double precision once per span, so that both engines and
-- every run give the same bits. Turnover is inflow less returns. A span longer than a customer's history uses the months that exist;
-- null is unknown: no such month, a zero divisor, or an optional table of which nothing was known yet.
-- known_on says what may be seen; of several rows the newest is the one stated last (source_known_on), as an old one may come late.
with spine as (
    select
        c.customer_id,
        c.relation,
        c.founded_on,
        c.joined_on,
        c.employees,
        c.capital_cny,
        row_number() over (partition by c.customer_id order by c.source_known_on desc) as newest
    from landing.customers as c
    where
        c.known_on < cast(:as_of as date)
        and not exists (
            select 1 as found
            from ops.quarantine as q
            where
                q.table_name = 'customers'
                and q.row_key = c.customer_id || '|' || cast(c.source_known_on as varchar(10))
        )
),

-- First and last months of real flow over the whole history, as months back from as_of: 1 is the month before it. A month is what its
-- rows sum to, so a receipt taken back later is none; voids and returns alone begin no history.
history as (
    select
        f.customer_id,
        max(f.back) as age_months,
        min(case when f.inflow_gross > 0 then f.back end) as months_since_inflow,
        min(case when f.outflow_gross > 0 then f.back end) as months_since_outflow
    from (
        select
            m.customer_id,
            sum(m.inflow_cny) as inflow_gross,
            sum(m.outflow_cny) as outflow_gross,
            cast(
                (extract(year from cast(:as_of as date)) - extract(year from m.month)) * 12
                + extract(month from cast(:as_of as date)) - extract(month from m.month) as integer
            ) as back
        from facts.customer_month as m
        where m.month < cast(:as_of as date) and m.known_month < cast(:as_of as date)
        group by m.customer_id, m.month
    ) as f
    where f.inflow_gross > 0 or f.outflow_gross > 0
    group by f.customer_id
),

monthly as (
    select
        m.customer_id,
        cast(
            (extract(year from cast(:as_of as date)) - extract(year from m.month)) * 12
            + extract(month from cast(:as_of as date)) - extract(month from m.month) as integer
        ) as back,
        cast(sum(m.inflow_cny - m.inflow_return_cny) as numeric(20, 2)) as turnover,
        cast(sum(m.outflow_cny - m.outflow_return_cny) as numeric(20, 2)) as outflow,
        sum(m.inflow_cny) as inflow_gross,
        sum(m.outflow_cny) as outflow_gross,
        sum(m.inflow_return_cny) as inflow_return,
        sum(m.outflow_return_cny) as outflow_return,
        cast(sum(m.inflow_count) as bigint) as inflow_count,
        cast(sum(m.outflow_count) as bigint) as outflow_count,
        sum(m.inflow_return_count) as inflow_return_count,
        sum(m.inflow_void_count) as inflow_void_count,
        sum(m.outflow_void_count) as outflow_void_count
    from facts.customer_month as m
    where
        m.month < cast(:as_of as date)
        and m.known_month < cast(:as_of as date)
        and m.month >= cast(cast(:as_of as date) - interval '24' month as date)
    group by m.customer_id, m.month
),

buckets (first_back, last_back) as (
    values (1, 1), (2, 3), (4, 6), (7, 9), (10, 12), (13, 15), (16, 18), (19, 24)
),

-- months before the first real flow belong to no span
bucketed as (
    select
        m.customer_id,
        b.first_back,
        b.last_back,
        sum(m.turnover) as turnover,
        sum(m.turnover * m.turnover) as turnover_sq,
        sum(m.back * m.turnover) as turnover_back,
        max(m.turnover) as turnover_peak,
        sum(m.outflow) as outflow,
        sum(m.outflow * m.outflow) as outflow_sq,
        sum(m.back * m.outflow) as outflow_back,
        sum((m.turnover - m.outflow) * (m.turnover - m.outflow)) as net_sq,
        sum(m.inflow_count) as inflow_count,
        sum(m.inflow_count * m.inflow_count) as inflow_count_sq,
        sum(m.back * m.inflow_count) as inflow_count_back,
        sum(m.outflow_count) as outflow_count,
        sum(m.back * m.outflow_count) as outflow_count_back,
        sum(m.inflow_gross) as inflow_gross,
        sum(m.outflow_gross) as outflow_gross,
        sum(m.inflow_return) as inflow_return,
        sum(m.outflow_return) as outflow_return,
        sum(m.inflow_return_count) as inflow_return_count,
        sum(m.inflow_void_count) as inflow_void_count,
        sum(m.outflow_void_count) as outflow_void_count,
        sum(case when m.turnover > 0 then 1 else 0 end) as active_months,
        sum(case when m.outflow > 0 then 1 else 0 end) as paying_months
    from monthly as m
    inner join history as h on m.customer_id = h.customer_id and m.back <= h.age_months
    inner join buckets as b on m.back between b.first_back and b.last_back
    group by m.customer_id, b.first_back, b.last_back
),

spans (span, first_back, last_back) as (
    values
    ('1m', 1, 1), ('3m', 1, 3), ('6m', 1, 6), ('12m', 1, 12), ('24m', 1, 24),
    ('before_3m', 4, 6), ('before_6m', 7, 12), ('before_12m', 13, 24),
    ('year_ago_3m', 13, 15), ('year_ago_6m', 13, 18), ('year_ago_next_3m', 10, 12)
),

summed as (
    select
        h.customer_id,
        s.span,
        cast(nullif(greatest(least(max(h.age_months), max(s.last_back)) - max(s.first_back) + 1, 0), 0) as double precision)
            as months,
        cast(coalesce(sum(b.turnover), 0) as double precision) as turnover,
        cast(coalesce(sum(b.turnover_sq), 0) as double precision) as turnover_sq,
        cast(coalesce(sum(b.turnover_back), 0) as double precision) as turnover_back,
        cast(coalesce(max(b.turnover_peak), 0) as double precision) as turnover_peak,
        cast(coalesce(sum(b.outflow), 0) as double precision) as outflow,
        cast(coalesce(sum(b.outflow_sq), 0) as double precision) as outflow_sq,
        cast(coalesce(sum(b.outflow_back), 0) as double precision) as outflow_back,
        cast(coalesce(sum(b.net_sq), 0) as double precision) as net_sq,
        cast(coalesce(sum(b.inflow_count), 0) as double precision) as inflow_count,
        cast(coalesce(sum(b.inflow_count_sq), 0) as double precision) as inflow_count_sq,
        cast(coalesce(sum(b.inflow_count_back), 0) as double precision) as inflow_count_back,
        cast(coalesce(sum(b.outflow_count), 0) as double precision) as outflow_count,
        cast(coalesce(sum(b.outflow_count_back), 0) as double precision) as outflow_count_back,
        cast(coalesce(sum(b.inflow_gross), 0) as double precision) as inflow_gross,
        cast(coalesce(sum(b.outflow_gross), 0) as double precision) as outflow_gross,
        cast(coalesce(sum(b.inflow_return), 0) as double precision) as inflow_return,
        cast(coalesce(sum(b.outflow_return), 0) as double precision) as outflow_return,
        cast(coalesce(sum(b.inflow_return_count), 0) as double precision) as inflow_return_count,
        cast(coalesce(sum(b.inflow_void_count), 0) as double precision) as inflow_void_count,
        cast(coalesce(sum(b.outflow_void_count), 0) as double precision) as outflow_void_count,
        cast(coalesce(sum(b.active_months), 0) as double precision) as active_months,
        cast(coalesce(sum(b.paying_months), 0) as double precision) as paying_months
    from history as h
    cross join spans as s
    left join bucketed as b
        on h.customer_id = b.customer_id and s.first_back <= b.first_back and s.last_back >= b.last_back
    group by h.customer_id, s.span
),

-- a *_base is a mean where it is positive, to divide by; trend_scale is what a least-squares slope divides by
averaged as (
    select
        m.customer_id,
        m.span,
        m.months,
        (m.months + 1) / 2 as middle,
        nullif(m.months * (m.months * m.months - 1) / 12, 0) as trend_scale,
        m.turnover,
        m.turnover_sq,
        m.turnover_back,
        m.turnover_peak,
        m.turnover / m.months as turnover_mean,
        nullif(greatest(m.turnover / m.months, 0), 0) as turnover_base,
        m.outflow,
        m.outflow_sq,
        m.outflow_back,
        m.outflow / m.months as outflow_mean,
        nullif(greatest(m.outflow / m.months, 0), 0) as outflow_base,
        m.net_sq,
        (m.turnover - m.outflow) / m.months as net_mean,
        m.inflow_count,
        m.inflow_count_sq,
        m.inflow_count_back,
        m.inflow_count / m.months as inflow_count_mean,
        nullif(greatest(m.inflow_count / m.months, 0), 0) as inflow_count_base,
        m.outflow_count,
        m.outflow_count_back,
        m.outflow_count / m.months as outflow_count_mean,
        nullif(greatest(m.outflow_count / m.months, 0), 0) as outflow_count_base,
        m.inflow_gross / nullif(m.inflow_count, 0) as inflow_size,
        m.inflow_return / nullif(m.inflow_gross, 0) as inflow_return_share,
        m.outflow_return / nullif(m.outflow_gross, 0) as outflow_return_share,
        m.inflow_return_count,
        m.inflow_void_count / nullif(m.inflow_void_count + m.inflow_count, 0) as inflow_void_share,
        m.outflow_void_count / nullif(m.outflow_void_count + m.outflow_count, 0) as outflow_void_share,
        m.active_months / m.months as active_share,
        m.paying_months / m.months as paying_share
    from summed as m
),

-- volatility is the standard deviation, trend the least-squares change a month, both over the mean
measured as (
    select
        m.customer_id,
        m.span,
        m.turnover_peak,
        m.turnover_mean,
        m.turnover_base,
        sqrt(greatest(m.turnover_sq / m.months - m.turnover_mean * m.turnover_mean, 0)) / m.turnover_base as turnover_cv,
        (m.turnover * m.middle - m.turnover_back) / m.trend_scale / m.turnover_base as turnover_slope,
        m.outflow_mean,
        m.outflow_base,
        sqrt(greatest(m.outflow_sq / m.months - m.outflow_mean * m.outflow_mean, 0)) / m.outflow_base as outflow_cv,
        (m.outflow * m.middle - m.outflow_back) / m.trend_scale / m.outflow_base as outflow_slope,
        m.net_mean,
        sqrt(greatest(m.net_sq / m.months - m.net_mean * m.net_mean, 0)) as net_deviation,
        m.inflow_count_mean,
        m.inflow_count_base,
        sqrt(greatest(m.inflow_count_sq / m.months - m.inflow_count_mean * m.inflow_count_mean, 0))
        / m.inflow_count_base as inflow_count_cv,
        (m.inflow_count * m.middle - m.inflow_count_back) / m.trend_scale / m.inflow_count_base as inflow_count_slope,
        m.outflow_count_mean,
        m.outflow_count_base,
        (m.outflow_count * m.middle - m.outflow_count_back) / m.trend_scale / m.outflow_count_base as outflow_count_slope,
        m.inflow_size,
        m.inflow_return_share,
        m.outflow_return_share,
        m.inflow_return_count,
        m.inflow_void_share,
        m.outflow_void_share,
        m.active_share,
        m.paying_share
    from averaged as m
),

-- what passed with each partner in the last 3 months, the 9 before them and the 12 before those
partners as (
    select
        p.customer_id,
        p.side,
        p.counterparty_id,
        greatest(sum(case when p.month >= cast(cast(:as_of as date) - interval '3' month as date) then p.amount_cny else 0 end), 0)
            as now_3m,
        greatest(sum(
            case
                when p.month >= cast(cast(:as_of as date) - interval '3' month as date) then 0
                when p.month >= cast(cast(:as_of as date) - interval '12' month as date) then p.amount_cny
                else 0
            end
        ), 0) as before_9m,
        greatest(sum(
            case when p.month >= cast(cast(:as_of as date) - interval '12' month as date) then p.amount_cny else 0 end
        ), 0) as now_12m,
        greatest(sum(
            case when p.month < cast(cast(:as_of as date) - interval '12' month as date) then p.amount_cny else 0 end
        ), 0) as before_12m
    from facts.partner_month as p
    where
        p.month < cast(:as_of as date)
        and p.known_month < cast(:as_of as date)
        and p.month >= cast(cast(:as_of as date) - interval '24' month as date)
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
        row_number() over (partition by p.customer_id, p.side order by p.now_12m desc, p.counterparty_id collate "C" asc)  -- noqa: references.consistent
            as place
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
    where s.newest = 1 and (select count(*) from known_events) > 0
)

select
    s.customer_id,
    cast(:as_of as date) as as_of,
    m1.turnover_mean as turnover_mean_1m,  -- cny | turnover, last month | 近1个月净入账
    m3.turnover_mean as turnover_mean_3m,  -- cny | mean monthly turnover, last 3 months | 近3个月月均净入账
    m6.turnover_mean as turnover_mean_6m,  -- cny | mean monthly turnover, last 6 months | 近6个月月均净入账
    m12.turnover_mean as turnover_mean_12m,  -- cny | mean monthly turnover, last 12 months | 近12个月月均净入账
    m24.turnover_mean as turnover_mean_24m,  -- cny | mean monthly turnover, last 24 months | 近24个月月均净入账
    m1.turnover_mean / m3.turnover_base as turnover_ratio_1m_3m,  -- ratio | turnover, last month over 3-month mean | 近1个月净入账与近3个月月均之比
    m1.turnover_mean / m12.turnover_base as turnover_ratio_1m_12m,  -- ratio | turnover, last month over 12-month mean | 近1个月净入账与近12个月月均之比
    m3.turnover_mean / m12.turnover_base as turnover_ratio_3m_12m,  -- ratio | turnover, 3-month mean over 12-month mean | 近3个月与近12个月月均净入账之比
    m6.turnover_mean / m12.turnover_base as turnover_ratio_6m_12m,  -- ratio | turnover, 6-month mean over 12-month mean | 近6个月与近12个月月均净入账之比
    m12.turnover_mean / m24.turnover_base as turnover_ratio_12m_24m,  -- ratio | turnover, 12-month mean over 24-month mean | 近12个月与近24个月月均净入账之比
    m3.turnover_mean / b3.turnover_base as turnover_ratio_3m_before,  -- ratio | turnover, last 3 months over the 3 before | 近3个月与前3个月净入账之比
    m6.turnover_mean / b6.turnover_base as turnover_ratio_6m_before,  -- ratio | turnover, last 6 months over the 6 before | 近6个月与前6个月净入账之比
    m12.turnover_mean / b12.turnover_base as turnover_ratio_12m_before,  -- ratio | turnover, last 12 months over the 12 before | 近12个月与前12个月净入账之比
    m3.turnover_mean / y3.turnover_base as turnover_ratio_3m_year_ago,  -- ratio | turnover, last 3 months over a year ago | 近3个月净入账同比
    m6.turnover_mean / y6.turnover_base as turnover_ratio_6m_year_ago,  -- ratio | turnover, last 6 months over a year ago | 近6个月净入账同比
    b6.turnover_mean / m12.turnover_base as turnover_season_next_6m,  -- ratio | turnover a year ago of the 6 months to come, over the mean | 上年同期后6个月净入账与月均之比
    n3.turnover_mean / m12.turnover_base as turnover_season_next_3m,  -- ratio | turnover a year ago of the 3 months to come, over the mean | 上年同期后3个月净入账与月均之比
    m6.turnover_slope as turnover_slope_6m,  -- ratio | monthly change of turnover over its mean, 6 months | 近6个月净入账月变化率
    m12.turnover_slope as turnover_slope_12m,  -- ratio | monthly change of turnover over its mean, 12 months | 近12个月净入账月变化率
    m24.turnover_slope as turnover_slope_24m,  -- ratio | monthly change of turnover over its mean, 24 months | 近24个月净入账月变化率
    m3.turnover_cv as turnover_volatility_3m,  -- ratio | volatility of turnover, 3 months | 近3个月净入账波动率
    m6.turnover_cv as turnover_volatility_6m,  -- ratio | volatility of turnover, 6 months | 近6个月净入账波动率
    m12.turnover_cv as turnover_volatility_12m,  -- ratio | volatility of turnover, 12 months | 近12个月净入账波动率
    m24.turnover_cv as turnover_volatility_24m,  -- ratio | volatility of turnover, 24 months | 近24个月净入账波动率
    m12.turnover_peak / m12.turnover_base as turnover_peak_12m,  -- ratio | largest month of turnover over the mean, 12 months | 近12个月最大月净入账与月均之比
    m3.turnover_mean / nullif(m24.turnover_peak, 0) as turnover_ratio_3m_peak,  -- ratio | turnover, 3-month mean over the peak of 24 | 近3个月月均净入账与24个月峰值之比
    m3.active_share as turnover_active_3m,  -- share | months with turnover, last 3 | 近3个月有净入账月份占比
    m6.active_share as turnover_active_6m,  -- share | months with turnover, last 6 | 近6个月有净入账月份占比
    m12.active_share as turnover_active_12m,  -- share | months with turnover, last 12 | 近12个月有净入账月份占比
    m24.active_share as turnover_active_24m,  -- share | months with turnover, last 24 | 近24个月有净入账月份占比
    m3.outflow_mean as outflow_mean_3m,  -- cny | mean monthly outflow, last 3 months | 近3个月月均流出
    m12.outflow_mean as outflow_mean_12m,  -- cny | mean monthly outflow, last 12 months | 近12个月月均流出
    m1.outflow_mean / m12.outflow_base as outflow_ratio_1m_12m,  -- ratio | outflow, last month over 12-month mean | 近1个月流出与近12个月月均之比
    m3.outflow_mean / m12.outflow_base as outflow_ratio_3m_12m,  -- ratio | outflow, 3-month mean over 12-month mean | 近3个月与近12个月月均流出之比
    m6.outflow_mean / m12.outflow_base as outflow_ratio_6m_12m,  -- ratio | outflow, 6-month mean over 12-month mean | 近6个月与近12个月月均流出之比
    m12.outflow_mean / m24.outflow_base as outflow_ratio_12m_24m,  -- ratio | outflow, 12-month mean over 24-month mean | 近12个月与近24个月月均流出之比
    m3.outflow_mean / y3.outflow_base as outflow_ratio_3m_year_ago,  -- ratio | outflow, last 3 months over a year ago | 近3个月流出同比
    m6.outflow_mean / y6.outflow_base as outflow_ratio_6m_year_ago,  -- ratio | outflow, last 6 months over a year ago | 近6个月流出同比
    b6.outflow_mean / m12.outflow_base as outflow_season_next_6m,  -- ratio | outflow a year ago of the 6 months to come, over the mean | 上年同期后6个月流出与月均之比
    m6.outflow_slope as outflow_slope_6m,  -- ratio | monthly change of outflow over its mean, 6 months | 近6个月流出月变化率
    m12.outflow_slope as outflow_slope_12m,  -- ratio | monthly change of outflow over its mean, 12 months | 近12个月流出月变化率
    m6.outflow_cv as outflow_volatility_6m,  -- ratio | volatility of outflow, 6 months | 近6个月流出波动率
    m12.outflow_cv as outflow_volatility_12m,  -- ratio | volatility of outflow, 12 months | 近12个月流出波动率
    m6.paying_share as outflow_active_6m,  -- share | months with outflow, last 6 | 近6个月有流出月份占比
    m12.paying_share as outflow_active_12m,  -- share | months with outflow, last 12 | 近12个月有流出月份占比
    m3.net_mean as net_mean_3m,  -- cny | mean monthly net flow, last 3 months | 近3个月月均收支净额
    m12.net_mean as net_mean_12m,  -- cny | mean monthly net flow, last 12 months | 近12个月月均收支净额
    m12.net_deviation / m12.turnover_base as net_volatility_12m,  -- ratio | deviation of net flow over mean turnover, 12 months | 近12个月收支净额波动与月均净入账之比
    m3.outflow_mean / m3.turnover_base as outflow_to_turnover_3m,  -- ratio | outflow over turnover, last 3 months | 近3个月流出与净入账之比
    m6.outflow_mean / m6.turnover_base as outflow_to_turnover_6m,  -- ratio | outflow over turnover, last 6 months | 近6个月流出与净入账之比
    m12.outflow_mean / m12.turnover_base as outflow_to_turnover_12m,  -- ratio | outflow over turnover, last 12 months | 近12个月流出与净入账之比
    m24.outflow_mean / m24.turnover_base as outflow_to_turnover_24m,  -- ratio | outflow over turnover, last 24 months | 近24个月流出与净入账之比
    m3.outflow_mean / m12.turnover_base as outflow_3m_to_turnover_12m,  -- ratio | outflow of 3 months over turnover of 12, means | 近3个月月均流出与近12个月月均净入账之比
    m3.inflow_count_mean as inflow_count_mean_3m,  -- count | receipts a month, last 3 months | 近3个月月均入账笔数
    m12.inflow_count_mean as inflow_count_mean_12m,  -- count | receipts a month, last 12 months | 近12个月月均入账笔数
    m1.inflow_count_mean / m12.inflow_count_base as inflow_count_ratio_1m_12m,  -- ratio | receipts, last month over 12-month mean | 近1个月入账笔数与近12个月月均之比
    m3.inflow_count_mean / m12.inflow_count_base as inflow_count_ratio_3m_12m,  -- ratio | receipts, 3-month mean over 12-month mean | 近3个月与近12个月月均入账笔数之比
    m6.inflow_count_mean / m12.inflow_count_base as inflow_count_ratio_6m_12m,  -- ratio | receipts, 6-month mean over 12-month mean | 近6个月与近12个月月均入账笔数之比
    m3.inflow_count_mean / y3.inflow_count_base as inflow_count_ratio_3m_year_ago,  -- ratio | receipts, last 3 months over a year ago | 近3个月入账笔数同比
    m6.inflow_count_slope as inflow_count_slope_6m,  -- ratio | monthly change of receipts over their mean, 6 months | 近6个月入账笔数月变化率
    m12.inflow_count_slope as inflow_count_slope_12m,  -- ratio | monthly change of receipts over their mean, 12 months | 近12个月入账笔数月变化率
    m12.inflow_count_cv as inflow_count_volatility_12m,  -- ratio | volatility of receipts, 12 months | 近12个月入账笔数波动率
    m3.outflow_count_mean as outflow_count_mean_3m,  -- count | payments a month, last 3 months | 近3个月月均付款笔数
    m12.outflow_count_mean as outflow_count_mean_12m,  -- count | payments a month, last 12 months | 近12个月月均付款笔数
    m1.outflow_count_mean / m12.outflow_count_base as outflow_count_ratio_1m_12m,  -- ratio | payments, last month over 12-month mean | 近1个月付款笔数与近12个月月均之比
    m3.outflow_count_mean / m12.outflow_count_base as outflow_count_ratio_3m_12m,  -- ratio | payments, 3-month mean over 12-month mean | 近3个月与近12个月月均付款笔数之比
    m12.outflow_count_slope as outflow_count_slope_12m,  -- ratio | monthly change of payments over their mean, 12 months | 近12个月付款笔数月变化率
    m3.inflow_size as inflow_size_3m,  -- cny | mean size of a receipt, last 3 months | 近3个月笔均入账金额
    m12.inflow_size as inflow_size_12m,  -- cny | mean size of a receipt, last 12 months | 近12个月笔均入账金额
    m3.inflow_size / nullif(m12.inflow_size, 0) as inflow_size_ratio_3m_12m,  -- ratio | size of a receipt, 3 months over 12 months | 近3个月与近12个月笔均入账金额之比
    m3.inflow_return_share as inflow_return_share_3m,  -- share | returned to payers over inflow, last 3 months | 近3个月退给付款方占入账比例
    m12.inflow_return_share as inflow_return_share_12m,  -- share | returned to payers over inflow, last 12 months | 近12个月退给付款方占入账比例
    m12.inflow_return_count as inflow_return_count_12m,  -- count | times returned to payers, last 12 months | 近12个月退给付款方笔数
    m12.outflow_return_share as outflow_return_share_12m,  -- share | returned by payees over outflow, last 12 months | 近12个月收款方退回占流出比例
    m3.inflow_void_share as inflow_void_share_3m,  -- share | void among receipts, last 3 months | 近3个月作废入账笔数占比
    m12.inflow_void_share as inflow_void_share_12m,  -- share | void among receipts, last 12 months | 近12个月作废入账笔数占比
    m12.outflow_void_share as outflow_void_share_12m,  -- share | void among payments, last 12 months | 近12个月作废付款笔数占比
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
    cast(h.months_since_inflow as double precision) as months_since_inflow,  -- months | months since the last inflow, 1 = last month | 距最近入账月数
    cast(h.months_since_outflow as double precision) as months_since_outflow,  -- months | months since the last outflow, 1 = last month | 距最近付款月数
    cast(h.age_months as double precision) as months_of_history,  -- months | months since the first inflow or outflow | 首次收付款距今月数
    cast(cast(:as_of as date) - s.joined_on as double precision) as days_since_joined,  -- days | days since the customer joined | 开户距今天数
    cast(cast(:as_of as date) - s.founded_on as double precision) as days_since_founded,  -- days | days since the firm was founded | 成立距今天数
    cast(s.employees as double precision) as employees,  -- count | employees | 员工人数
    cast(s.capital_cny as double precision) as capital_cny,  -- cny | registered capital | 注册资本
    cast(case when s.relation = 'customer' then 1 else 0 end as double precision) as is_customer,  -- flag | has a relation with the bank | 是否本行客户
    e.arrears_count_12m as arrears_count_12m,  -- count | arrears, last 12 months | 近12个月逾期次数
    e.arrears_days_3m as arrears_days_3m,  -- days | longest arrears, last 3 months | 近3个月最长逾期天数
    e.arrears_days_12m as arrears_days_12m,  -- days | longest arrears, last 12 months | 近12个月最长逾期天数
    e.days_since_arrears as days_since_arrears,  -- days | days since the last arrears | 距最近逾期天数
    e.default_count_12m as default_count_12m,  -- count | defaults and insolvency, last 12 months | 近12个月违约及破产次数
    e.class5_latest as class5_latest,  -- count | last five-class grade, 1 best and 5 worst | 最近五级分类
    e.complaint_count_12m as complaint_count_12m,  -- count | complaints, last 12 months | 近12个月投诉次数
    e.report_count_12m as report_count_12m  -- count | reports, last 12 months | 近12个月报告次数
from spine as s
left join history as h on s.customer_id = h.customer_id
left join measured as m1 on s.customer_id = m1.customer_id and m1.span = '1m'
left join measured as m3 on s.customer_id = m3.customer_id and m3.span = '3m'
left join measured as m6 on s.customer_id = m6.customer_id and m6.span = '6m'
left join measured as m12 on s.customer_id = m12.customer_id and m12.span = '12m'
left join measured as m24 on s.customer_id = m24.customer_id and m24.span = '24m'
left join measured as b3 on s.customer_id = b3.customer_id and b3.span = 'before_3m'
left join measured as b6 on s.customer_id = b6.customer_id and b6.span = 'before_6m'
left join measured as b12 on s.customer_id = b12.customer_id and b12.span = 'before_12m'
left join measured as n3 on s.customer_id = n3.customer_id and n3.span = 'year_ago_next_3m'
left join measured as y3 on s.customer_id = y3.customer_id and y3.span = 'year_ago_3m'
left join measured as y6 on s.customer_id = y6.customer_id and y6.span = 'year_ago_6m'
left join concentrated as ci on s.customer_id = ci.customer_id and ci.side = 'in'
left join concentrated as co on s.customer_id = co.customer_id and co.side = 'out'
left join evented as e on s.customer_id = e.customer_id
where s.newest = 1
