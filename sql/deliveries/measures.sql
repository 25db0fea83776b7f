-- One row a month in which rows of :table_name became known, or were expected, and branch ('all': the whole bank); delivered from :first_month to
-- before :as_of. A customer is expected in a month when rows of it came in each of the three months before.
with branches as (
    select
        c.customer_id as customer_id,
        c.branch_id as branch_id,
        row_number() over (partition by c.customer_id order by c.known_on desc, c.source_known_on desc) as place
    from landing.customers as c
    where c.known_on < cast(:as_of as date)
),

delivered as (
    select
        d.customer_id as customer_id,
        d.delivered_in as delivered_in,
        d.row_count as row_count,
        d.amount as amount,
        d.second_amount as second_amount,
        d.void_count as void_count,
        d.zero_count as zero_count,
        d.late_count as late_count,
        coalesce(b.branch_id, 'none') as branch_id
    from ops.customer_deliveries as d
    left join branches as b on d.customer_id = b.customer_id and b.place = 1
    where
        d.table_name = :table_name
        and d.delivered_in >= cast(:first_month as date)
        and d.delivered_in < cast(:as_of as date)
),

followed as (
    select
        d.branch_id as branch_id,
        cast(d.delivered_in + interval '1 month' as date) as expected_in,
        lag(d.delivered_in, 2) over (partition by d.customer_id order by d.delivered_in) = d.delivered_in - interval '2 months' as is_regular,
        lead(d.delivered_in) over (partition by d.customer_id order by d.delivered_in) = d.delivered_in + interval '1 month' as is_back,
        lead(d.amount) over (partition by d.customer_id order by d.delivered_in) as next_amount,
        (
            d.amount
            + lag(d.amount) over (partition by d.customer_id order by d.delivered_in)
            + lag(d.amount, 2) over (partition by d.customer_id order by d.delivered_in)
        ) / 3 as usual_amount
    from delivered as d
),

expected as (
    select
        f.expected_in as delivered_in,
        coalesce(f.branch_id, 'all') as branch_id,
        count(*) as expected_count,
        sum(case when f.is_back then 1 else 0 end) as returned_count,
        sum(case when f.usual_amount > 0 then 1 else 0 end) as level_expected_count,
        -- a twentieth or twenty times is another unit or a void, not another business
        sum(case when f.is_back and f.usual_amount > 0 and f.next_amount between f.usual_amount / 20 and f.usual_amount * 20 then 1 else 0 end)
            as level_kept_count,
        percentile_cont(0.5) within group (
            order by case when f.is_back and f.usual_amount > 0 then f.next_amount / f.usual_amount end
        ) as level_ratio
    from followed as f
    where f.is_regular and f.expected_in < cast(:as_of as date)
    group by grouping sets ((f.expected_in, f.branch_id), (f.expected_in))
),

came as (
    select
        d.delivered_in as delivered_in,
        coalesce(d.branch_id, 'all') as branch_id,
        cast(sum(d.row_count) as bigint) as row_count,
        count(*) as customer_count,
        sum(d.amount) as amount,
        percentile_cont(0.5) within group (order by d.amount) as median_amount,
        sum(case when d.second_amount > 0 then 1 else 0 end) as second_count,
        cast(sum(d.void_count) as bigint) as void_count,
        cast(sum(d.zero_count) as bigint) as zero_count,
        cast(sum(d.late_count) as bigint) as late_count
    from delivered as d
    group by grouping sets ((d.delivered_in, d.branch_id), (d.delivered_in))
)

select
    coalesce(c.delivered_in, e.delivered_in) as delivered_in,
    coalesce(c.branch_id, e.branch_id) as branch_id,
    coalesce(c.row_count, 0) as row_count,
    coalesce(c.customer_count, 0) as customer_count,
    coalesce(c.amount, 0) as amount,
    c.median_amount as median_amount,
    coalesce(c.second_count, 0) as second_count,
    coalesce(c.void_count, 0) as void_count,
    coalesce(c.zero_count, 0) as zero_count,
    coalesce(c.late_count, 0) as late_count,
    coalesce(e.expected_count, 0) as expected_count,
    coalesce(e.returned_count, 0) as returned_count,
    coalesce(e.level_expected_count, 0) as level_expected_count,
    coalesce(e.level_kept_count, 0) as level_kept_count,
    e.level_ratio as level_ratio
from came as c
full join expected as e on c.delivered_in = e.delivered_in and c.branch_id = e.branch_id
