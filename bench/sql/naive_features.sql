-- One row a customer with any flow known before :as_of; straight from the rows of landing, one filtered aggregate a statistic.
-- The rival of facts and features: each statistic of months and partners that customer_features.sql has, under its name, as one writes
-- it first. It keeps no facts between two runs, and nothing of customers and events.
with valid as (
    select
        t.customer_id,
        t.counterparty_id,
        t.kind,
        t.is_void,
        cast(t.amount as double precision) as amount,
        cast(
            (extract(year from cast(:as_of as date)) - extract(year from t.booked_on)) * 12
            + extract(month from cast(:as_of as date)) - extract(month from t.booked_on) as integer
        ) as back
    from landing.transactions as t
    where
        t.known_on < cast(:as_of as date)
        and t.booked_on < cast(:as_of as date)
        and t.kind <> 'other'
        and not exists (
            select 1 as found
            from ops.quarantine as q
            where
                q.table_name = 'transactions'
                and q.row_key = t.transaction_id || '|' || cast(t.source_known_on as varchar(10))
        )
),

monthly as (
    select
        v.customer_id,
        v.back,
        coalesce(sum(v.amount) filter (where v.kind in ('receipt', 'receipt_reversal') and not v.is_void), 0) as inflow_gross,
        coalesce(sum(-v.amount) filter (where v.kind in ('payment', 'payment_reversal') and not v.is_void), 0) as outflow_gross,
        coalesce(sum(-v.amount) filter (where v.kind = 'receipt_return' and not v.is_void), 0) as inflow_return,
        coalesce(sum(v.amount) filter (where v.kind = 'payment_return' and not v.is_void), 0) as outflow_return,
        count(*) filter (where v.kind = 'receipt' and not v.is_void)
        - count(*) filter (where v.kind = 'receipt_reversal' and not v.is_void) as inflow_count,
        count(*) filter (where v.kind = 'payment' and not v.is_void)
        - count(*) filter (where v.kind = 'payment_reversal' and not v.is_void) as outflow_count,
        count(*) filter (where v.kind = 'receipt_return' and not v.is_void) as inflow_return_count,
        count(*) filter (where v.kind in ('receipt', 'receipt_return', 'receipt_reversal') and v.is_void) as inflow_void_count,
        count(*) filter (where v.kind in ('payment', 'payment_return', 'payment_reversal') and v.is_void) as outflow_void_count
    from valid as v
    group by v.customer_id, v.back
),

-- a cent cannot be seen in sums of doubles, so a month is one of flow from half a cent on
history as (
    select
        m.customer_id,
        max(m.back) as months_of_history,
        min(m.back) filter (where m.inflow_gross > 0.005) as months_since_inflow,
        min(m.back) filter (where m.outflow_gross > 0.005) as months_since_outflow
    from monthly as m
    where m.inflow_gross > 0.005 or m.outflow_gross > 0.005
    group by m.customer_id
),

dense as (
    select
        h.customer_id,
        b.back,
        m.customer_id is not null as is_present,
        round(coalesce(m.inflow_gross - m.inflow_return, 0), 2) as turnover,
        round(coalesce(m.outflow_gross - m.outflow_return, 0), 2) as outflow,
        round(coalesce(m.inflow_gross - m.inflow_return - m.outflow_gross + m.outflow_return, 0), 2) as net,
        coalesce(m.inflow_gross, 0) as inflow_gross,
        coalesce(m.outflow_gross, 0) as outflow_gross,
        coalesce(m.inflow_return, 0) as inflow_return,
        coalesce(m.outflow_return, 0) as outflow_return,
        cast(coalesce(m.inflow_count, 0) as double precision) as inflow_count,
        cast(coalesce(m.outflow_count, 0) as double precision) as outflow_count,
        cast(coalesce(m.inflow_return_count, 0) as double precision) as inflow_return_count,
        cast(coalesce(m.inflow_void_count, 0) as double precision) as inflow_void_count,
        cast(coalesce(m.outflow_void_count, 0) as double precision) as outflow_void_count
    from history as h
    cross join generate_series(1, 24) as b (back)
    left join monthly as m on h.customer_id = m.customer_id and b.back = m.back
    where b.back <= h.months_of_history
),

of_months as (
    select
        m.customer_id,
        avg(m.turnover) filter (where m.back <= 1) as turnover_mean_1m,
        avg(m.turnover) filter (where m.back <= 3) as turnover_mean_3m,
        avg(m.turnover) filter (where m.back <= 6) as turnover_mean_6m,
        avg(m.turnover) filter (where m.back <= 12) as turnover_mean_12m,
        avg(m.turnover) filter (where m.back <= 24) as turnover_mean_24m,
        avg(m.turnover) filter (where m.back <= 1)
        / nullif(greatest(avg(m.turnover) filter (where m.back <= 3), 0), 0) as turnover_ratio_1m_3m,
        avg(m.turnover) filter (where m.back <= 1)
        / nullif(greatest(avg(m.turnover) filter (where m.back <= 12), 0), 0) as turnover_ratio_1m_12m,
        avg(m.turnover) filter (where m.back <= 3)
        / nullif(greatest(avg(m.turnover) filter (where m.back <= 12), 0), 0) as turnover_ratio_3m_12m,
        avg(m.turnover) filter (where m.back <= 6)
        / nullif(greatest(avg(m.turnover) filter (where m.back <= 12), 0), 0) as turnover_ratio_6m_12m,
        avg(m.turnover) filter (where m.back <= 12)
        / nullif(greatest(avg(m.turnover) filter (where m.back <= 24), 0), 0) as turnover_ratio_12m_24m,
        avg(m.turnover) filter (where m.back <= 3)
        / nullif(greatest(avg(m.turnover) filter (where m.back between 4 and 6), 0), 0) as turnover_ratio_3m_before,
        avg(m.turnover) filter (where m.back <= 6)
        / nullif(greatest(avg(m.turnover) filter (where m.back between 7 and 12), 0), 0) as turnover_ratio_6m_before,
        avg(m.turnover) filter (where m.back <= 12)
        / nullif(greatest(avg(m.turnover) filter (where m.back between 13 and 24), 0), 0) as turnover_ratio_12m_before,
        avg(m.turnover) filter (where m.back <= 3)
        / nullif(greatest(avg(m.turnover) filter (where m.back between 13 and 15), 0), 0) as turnover_ratio_3m_year_ago,
        avg(m.turnover) filter (where m.back <= 6)
        / nullif(greatest(avg(m.turnover) filter (where m.back between 13 and 18), 0), 0) as turnover_ratio_6m_year_ago,
        avg(m.turnover) filter (where m.back between 7 and 12)
        / nullif(greatest(avg(m.turnover) filter (where m.back <= 12), 0), 0) as turnover_season_next_6m,
        avg(m.turnover) filter (where m.back between 10 and 12)
        / nullif(greatest(avg(m.turnover) filter (where m.back <= 12), 0), 0) as turnover_season_next_3m,
        -regr_slope(m.turnover, m.back) filter (where m.back <= 6)
        / nullif(greatest(avg(m.turnover) filter (where m.back <= 6), 0), 0) as turnover_slope_6m,
        -regr_slope(m.turnover, m.back) filter (where m.back <= 12)
        / nullif(greatest(avg(m.turnover) filter (where m.back <= 12), 0), 0) as turnover_slope_12m,
        -regr_slope(m.turnover, m.back) filter (where m.back <= 24)
        / nullif(greatest(avg(m.turnover) filter (where m.back <= 24), 0), 0) as turnover_slope_24m,
        stddev_pop(m.turnover) filter (where m.back <= 3)
        / nullif(greatest(avg(m.turnover) filter (where m.back <= 3), 0), 0) as turnover_volatility_3m,
        stddev_pop(m.turnover) filter (where m.back <= 6)
        / nullif(greatest(avg(m.turnover) filter (where m.back <= 6), 0), 0) as turnover_volatility_6m,
        stddev_pop(m.turnover) filter (where m.back <= 12)
        / nullif(greatest(avg(m.turnover) filter (where m.back <= 12), 0), 0) as turnover_volatility_12m,
        stddev_pop(m.turnover) filter (where m.back <= 24)
        / nullif(greatest(avg(m.turnover) filter (where m.back <= 24), 0), 0) as turnover_volatility_24m,
        coalesce(max(m.turnover) filter (where m.is_present and m.back <= 12), 0)
        / nullif(greatest(avg(m.turnover) filter (where m.back <= 12), 0), 0) as turnover_peak_12m,
        avg(m.turnover) filter (where m.back <= 3)
        / nullif(coalesce(max(m.turnover) filter (where m.is_present and m.back <= 24), 0), 0) as turnover_ratio_3m_peak,
        avg(case when m.turnover > 0 then 1 else 0 end) filter (where m.back <= 3) as turnover_active_3m,
        avg(case when m.turnover > 0 then 1 else 0 end) filter (where m.back <= 6) as turnover_active_6m,
        avg(case when m.turnover > 0 then 1 else 0 end) filter (where m.back <= 12) as turnover_active_12m,
        avg(case when m.turnover > 0 then 1 else 0 end) filter (where m.back <= 24) as turnover_active_24m,
        avg(m.outflow) filter (where m.back <= 3) as outflow_mean_3m,
        avg(m.outflow) filter (where m.back <= 12) as outflow_mean_12m,
        avg(m.outflow) filter (where m.back <= 1)
        / nullif(greatest(avg(m.outflow) filter (where m.back <= 12), 0), 0) as outflow_ratio_1m_12m,
        avg(m.outflow) filter (where m.back <= 3)
        / nullif(greatest(avg(m.outflow) filter (where m.back <= 12), 0), 0) as outflow_ratio_3m_12m,
        avg(m.outflow) filter (where m.back <= 6)
        / nullif(greatest(avg(m.outflow) filter (where m.back <= 12), 0), 0) as outflow_ratio_6m_12m,
        avg(m.outflow) filter (where m.back <= 12)
        / nullif(greatest(avg(m.outflow) filter (where m.back <= 24), 0), 0) as outflow_ratio_12m_24m,
        avg(m.outflow) filter (where m.back <= 3)
        / nullif(greatest(avg(m.outflow) filter (where m.back between 13 and 15), 0), 0) as outflow_ratio_3m_year_ago,
        avg(m.outflow) filter (where m.back <= 6)
        / nullif(greatest(avg(m.outflow) filter (where m.back between 13 and 18), 0), 0) as outflow_ratio_6m_year_ago,
        avg(m.outflow) filter (where m.back between 7 and 12)
        / nullif(greatest(avg(m.outflow) filter (where m.back <= 12), 0), 0) as outflow_season_next_6m,
        -regr_slope(m.outflow, m.back) filter (where m.back <= 6)
        / nullif(greatest(avg(m.outflow) filter (where m.back <= 6), 0), 0) as outflow_slope_6m,
        -regr_slope(m.outflow, m.back) filter (where m.back <= 12)
        / nullif(greatest(avg(m.outflow) filter (where m.back <= 12), 0), 0) as outflow_slope_12m,
        stddev_pop(m.outflow) filter (where m.back <= 6)
        / nullif(greatest(avg(m.outflow) filter (where m.back <= 6), 0), 0) as outflow_volatility_6m,
        stddev_pop(m.outflow) filter (where m.back <= 12)
        / nullif(greatest(avg(m.outflow) filter (where m.back <= 12), 0), 0) as outflow_volatility_12m,
        avg(case when m.outflow > 0 then 1 else 0 end) filter (where m.back <= 6) as outflow_active_6m,
        avg(case when m.outflow > 0 then 1 else 0 end) filter (where m.back <= 12) as outflow_active_12m,
        avg(m.net) filter (where m.back <= 3) as net_mean_3m,
        avg(m.net) filter (where m.back <= 12) as net_mean_12m,
        stddev_pop(m.net) filter (where m.back <= 12)
        / nullif(greatest(avg(m.turnover) filter (where m.back <= 12), 0), 0) as net_volatility_12m,
        avg(m.outflow) filter (where m.back <= 3)
        / nullif(greatest(avg(m.turnover) filter (where m.back <= 3), 0), 0) as outflow_to_turnover_3m,
        avg(m.outflow) filter (where m.back <= 6)
        / nullif(greatest(avg(m.turnover) filter (where m.back <= 6), 0), 0) as outflow_to_turnover_6m,
        avg(m.outflow) filter (where m.back <= 12)
        / nullif(greatest(avg(m.turnover) filter (where m.back <= 12), 0), 0) as outflow_to_turnover_12m,
        avg(m.outflow) filter (where m.back <= 24)
        / nullif(greatest(avg(m.turnover) filter (where m.back <= 24), 0), 0) as outflow_to_turnover_24m,
        avg(m.outflow) filter (where m.back <= 3)
        / nullif(greatest(avg(m.turnover) filter (where m.back <= 12), 0), 0) as outflow_3m_to_turnover_12m,
        avg(m.inflow_count) filter (where m.back <= 3) as inflow_count_mean_3m,
        avg(m.inflow_count) filter (where m.back <= 12) as inflow_count_mean_12m,
        avg(m.inflow_count) filter (where m.back <= 1)
        / nullif(greatest(avg(m.inflow_count) filter (where m.back <= 12), 0), 0) as inflow_count_ratio_1m_12m,
        avg(m.inflow_count) filter (where m.back <= 3)
        / nullif(greatest(avg(m.inflow_count) filter (where m.back <= 12), 0), 0) as inflow_count_ratio_3m_12m,
        avg(m.inflow_count) filter (where m.back <= 6)
        / nullif(greatest(avg(m.inflow_count) filter (where m.back <= 12), 0), 0) as inflow_count_ratio_6m_12m,
        avg(m.inflow_count) filter (where m.back <= 3)
        / nullif(greatest(avg(m.inflow_count) filter (where m.back between 13 and 15), 0), 0) as inflow_count_ratio_3m_year_ago,
        -regr_slope(m.inflow_count, m.back) filter (where m.back <= 6)
        / nullif(greatest(avg(m.inflow_count) filter (where m.back <= 6), 0), 0) as inflow_count_slope_6m,
        -regr_slope(m.inflow_count, m.back) filter (where m.back <= 12)
        / nullif(greatest(avg(m.inflow_count) filter (where m.back <= 12), 0), 0) as inflow_count_slope_12m,
        stddev_pop(m.inflow_count) filter (where m.back <= 12)
        / nullif(greatest(avg(m.inflow_count) filter (where m.back <= 12), 0), 0) as inflow_count_volatility_12m,
        avg(m.outflow_count) filter (where m.back <= 3) as outflow_count_mean_3m,
        avg(m.outflow_count) filter (where m.back <= 12) as outflow_count_mean_12m,
        avg(m.outflow_count) filter (where m.back <= 1)
        / nullif(greatest(avg(m.outflow_count) filter (where m.back <= 12), 0), 0) as outflow_count_ratio_1m_12m,
        avg(m.outflow_count) filter (where m.back <= 3)
        / nullif(greatest(avg(m.outflow_count) filter (where m.back <= 12), 0), 0) as outflow_count_ratio_3m_12m,
        -regr_slope(m.outflow_count, m.back) filter (where m.back <= 12)
        / nullif(greatest(avg(m.outflow_count) filter (where m.back <= 12), 0), 0) as outflow_count_slope_12m,
        sum(m.inflow_gross) filter (where m.back <= 3)
        / nullif(sum(m.inflow_count) filter (where m.back <= 3), 0) as inflow_size_3m,
        sum(m.inflow_gross) filter (where m.back <= 12)
        / nullif(sum(m.inflow_count) filter (where m.back <= 12), 0) as inflow_size_12m,
        sum(m.inflow_gross) filter (where m.back <= 3)
        / nullif(sum(m.inflow_count) filter (where m.back <= 3), 0)
        / nullif(
            sum(m.inflow_gross) filter (where m.back <= 12)
            / nullif(sum(m.inflow_count) filter (where m.back <= 12), 0), 0
        ) as inflow_size_ratio_3m_12m,
        sum(m.inflow_return) filter (where m.back <= 3)
        / nullif(sum(m.inflow_gross) filter (where m.back <= 3), 0) as inflow_return_share_3m,
        sum(m.inflow_return) filter (where m.back <= 12)
        / nullif(sum(m.inflow_gross) filter (where m.back <= 12), 0) as inflow_return_share_12m,
        sum(m.inflow_return_count) filter (where m.back <= 12) as inflow_return_count_12m,
        sum(m.outflow_return) filter (where m.back <= 12)
        / nullif(sum(m.outflow_gross) filter (where m.back <= 12), 0) as outflow_return_share_12m,
        sum(m.inflow_void_count) filter (where m.back <= 3)
        / nullif(sum(m.inflow_void_count + m.inflow_count) filter (where m.back <= 3), 0) as inflow_void_share_3m,
        sum(m.inflow_void_count) filter (where m.back <= 12)
        / nullif(sum(m.inflow_void_count + m.inflow_count) filter (where m.back <= 12), 0) as inflow_void_share_12m,
        sum(m.outflow_void_count) filter (where m.back <= 12)
        / nullif(sum(m.outflow_void_count + m.outflow_count) filter (where m.back <= 12), 0) as outflow_void_share_12m
    from dense as m
    group by m.customer_id
),

sided as (
    select
        v.customer_id,
        v.counterparty_id,
        v.back,
        case when v.kind in ('receipt', 'receipt_return', 'receipt_reversal') then 'in' else 'out' end as side,
        case when v.kind in ('receipt', 'receipt_return', 'receipt_reversal') then v.amount else -v.amount end as amount
    from valid as v
    where not v.is_void and v.counterparty_id is not null and v.back <= 24
),

partners as (
    select
        s.customer_id,
        s.side,
        s.counterparty_id,
        round(greatest(coalesce(sum(s.amount) filter (where s.back <= 3), 0), 0), 2) as now_3m,
        round(greatest(coalesce(sum(s.amount) filter (where s.back between 4 and 12), 0), 0), 2) as before_9m,
        round(greatest(coalesce(sum(s.amount) filter (where s.back <= 12), 0), 0), 2) as now_12m,
        round(greatest(coalesce(sum(s.amount) filter (where s.back > 12), 0), 0), 2) as before_12m
    from sided as s
    group by s.customer_id, s.side, s.counterparty_id
),

placed as (
    select
        p.customer_id,
        p.side,
        p.now_3m,
        p.before_9m,
        p.now_12m,
        p.before_12m,
        row_number() over (partition by p.customer_id, p.side order by p.now_12m desc) as place
    from partners as p
),

of_partners as (
    select
        p.customer_id,
        count(*) filter (where p.side = 'in' and p.now_3m > 0) as inflow_partners_3m,
        count(*) filter (where p.side = 'in' and p.now_12m > 0) as inflow_partners_12m,
        count(*) filter (where p.side = 'in' and p.now_3m > 0)
        / nullif(cast(count(*) filter (where p.side = 'in' and p.now_12m > 0) as double precision), 0) as inflow_partners_ratio_3m_12m,
        count(*) filter (where p.side = 'in' and p.now_12m > 0)
        / nullif(cast(count(*) filter (where p.side = 'in' and p.before_12m > 0) as double precision), 0) as inflow_partners_ratio_12m_before,
        max(p.now_3m) filter (where p.side = 'in')
        / nullif(sum(p.now_3m) filter (where p.side = 'in'), 0) as inflow_largest_share_3m,
        max(p.now_12m) filter (where p.side = 'in')
        / nullif(sum(p.now_12m) filter (where p.side = 'in'), 0) as inflow_largest_share_12m,
        sum(case when p.place <= 3 then p.now_12m else 0 end) filter (where p.side = 'in')
        / nullif(sum(p.now_12m) filter (where p.side = 'in'), 0) as inflow_top3_share_12m,
        sum(p.now_12m * p.now_12m) filter (where p.side = 'in')
        / nullif(power(sum(p.now_12m) filter (where p.side = 'in'), 2), 0) as inflow_concentration_12m,
        sum(case when p.before_9m = 0 then p.now_3m else 0 end) filter (where p.side = 'in')
        / nullif(sum(p.now_3m) filter (where p.side = 'in'), 0) as inflow_new_share_3m,
        sum(case when p.now_3m > 0 then p.before_9m else 0 end) filter (where p.side = 'in')
        / nullif(sum(p.before_9m) filter (where p.side = 'in'), 0) as inflow_kept_share_3m,
        sum(case when p.now_12m > 0 then p.before_12m else 0 end) filter (where p.side = 'in')
        / nullif(sum(p.before_12m) filter (where p.side = 'in'), 0) as inflow_kept_share_12m,
        count(*) filter (where p.side = 'out' and p.now_3m > 0) as outflow_partners_3m,
        count(*) filter (where p.side = 'out' and p.now_12m > 0) as outflow_partners_12m,
        count(*) filter (where p.side = 'out' and p.now_3m > 0)
        / nullif(cast(count(*) filter (where p.side = 'out' and p.now_12m > 0) as double precision), 0) as outflow_partners_ratio_3m_12m,
        count(*) filter (where p.side = 'out' and p.now_12m > 0)
        / nullif(cast(count(*) filter (where p.side = 'out' and p.before_12m > 0) as double precision), 0) as outflow_partners_ratio_12m_before,
        max(p.now_12m) filter (where p.side = 'out')
        / nullif(sum(p.now_12m) filter (where p.side = 'out'), 0) as outflow_largest_share_12m,
        sum(case when p.place <= 3 then p.now_12m else 0 end) filter (where p.side = 'out')
        / nullif(sum(p.now_12m) filter (where p.side = 'out'), 0) as outflow_top3_share_12m,
        sum(p.now_12m * p.now_12m) filter (where p.side = 'out')
        / nullif(power(sum(p.now_12m) filter (where p.side = 'out'), 2), 0) as outflow_concentration_12m,
        sum(case when p.before_9m = 0 then p.now_3m else 0 end) filter (where p.side = 'out')
        / nullif(sum(p.now_3m) filter (where p.side = 'out'), 0) as outflow_new_share_3m,
        sum(case when p.now_3m > 0 then p.before_9m else 0 end) filter (where p.side = 'out')
        / nullif(sum(p.before_9m) filter (where p.side = 'out'), 0) as outflow_kept_share_3m,
        sum(case when p.now_12m > 0 then p.before_12m else 0 end) filter (where p.side = 'out')
        / nullif(sum(p.before_12m) filter (where p.side = 'out'), 0) as outflow_kept_share_12m
    from placed as p
    group by p.customer_id
)

select
    h.customer_id,
    h.months_of_history,
    h.months_since_inflow,
    h.months_since_outflow,
    m.turnover_mean_1m,
    m.turnover_mean_3m,
    m.turnover_mean_6m,
    m.turnover_mean_12m,
    m.turnover_mean_24m,
    m.turnover_ratio_1m_3m,
    m.turnover_ratio_1m_12m,
    m.turnover_ratio_3m_12m,
    m.turnover_ratio_6m_12m,
    m.turnover_ratio_12m_24m,
    m.turnover_ratio_3m_before,
    m.turnover_ratio_6m_before,
    m.turnover_ratio_12m_before,
    m.turnover_ratio_3m_year_ago,
    m.turnover_ratio_6m_year_ago,
    m.turnover_season_next_6m,
    m.turnover_season_next_3m,
    m.turnover_slope_6m,
    m.turnover_slope_12m,
    m.turnover_slope_24m,
    m.turnover_volatility_3m,
    m.turnover_volatility_6m,
    m.turnover_volatility_12m,
    m.turnover_volatility_24m,
    m.turnover_peak_12m,
    m.turnover_ratio_3m_peak,
    m.turnover_active_3m,
    m.turnover_active_6m,
    m.turnover_active_12m,
    m.turnover_active_24m,
    m.outflow_mean_3m,
    m.outflow_mean_12m,
    m.outflow_ratio_1m_12m,
    m.outflow_ratio_3m_12m,
    m.outflow_ratio_6m_12m,
    m.outflow_ratio_12m_24m,
    m.outflow_ratio_3m_year_ago,
    m.outflow_ratio_6m_year_ago,
    m.outflow_season_next_6m,
    m.outflow_slope_6m,
    m.outflow_slope_12m,
    m.outflow_volatility_6m,
    m.outflow_volatility_12m,
    m.outflow_active_6m,
    m.outflow_active_12m,
    m.net_mean_3m,
    m.net_mean_12m,
    m.net_volatility_12m,
    m.outflow_to_turnover_3m,
    m.outflow_to_turnover_6m,
    m.outflow_to_turnover_12m,
    m.outflow_to_turnover_24m,
    m.outflow_3m_to_turnover_12m,
    m.inflow_count_mean_3m,
    m.inflow_count_mean_12m,
    m.inflow_count_ratio_1m_12m,
    m.inflow_count_ratio_3m_12m,
    m.inflow_count_ratio_6m_12m,
    m.inflow_count_ratio_3m_year_ago,
    m.inflow_count_slope_6m,
    m.inflow_count_slope_12m,
    m.inflow_count_volatility_12m,
    m.outflow_count_mean_3m,
    m.outflow_count_mean_12m,
    m.outflow_count_ratio_1m_12m,
    m.outflow_count_ratio_3m_12m,
    m.outflow_count_slope_12m,
    m.inflow_size_3m,
    m.inflow_size_12m,
    m.inflow_size_ratio_3m_12m,
    m.inflow_return_share_3m,
    m.inflow_return_share_12m,
    m.inflow_return_count_12m,
    m.outflow_return_share_12m,
    m.inflow_void_share_3m,
    m.inflow_void_share_12m,
    m.outflow_void_share_12m,
    p.inflow_partners_3m,
    p.inflow_partners_12m,
    p.inflow_partners_ratio_3m_12m,
    p.inflow_partners_ratio_12m_before,
    p.inflow_largest_share_3m,
    p.inflow_largest_share_12m,
    p.inflow_top3_share_12m,
    p.inflow_concentration_12m,
    p.inflow_new_share_3m,
    p.inflow_kept_share_3m,
    p.inflow_kept_share_12m,
    p.outflow_partners_3m,
    p.outflow_partners_12m,
    p.outflow_partners_ratio_3m_12m,
    p.outflow_partners_ratio_12m_before,
    p.outflow_largest_share_12m,
    p.outflow_top3_share_12m,
    p.outflow_concentration_12m,
    p.outflow_new_share_3m,
    p.outflow_kept_share_3m,
    p.outflow_kept_share_12m
from history as h
inner join of_months as m on h.customer_id = m.customer_id
left join of_partners as p on h.customer_id = p.customer_id
where
    h.customer_id in (
        select c.customer_id
        from landing.customers as c
        where c.known_on < cast(:as_of as date)
    )
