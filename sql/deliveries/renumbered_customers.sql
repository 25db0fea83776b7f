-- One row: customers with transactions in each of the three months before :first_day and none from it to before :as_of, for each of whom another
-- customer of the same name and branch began then with a third to three times of the amount; beside how many customers began
with flows as (
    select
        t.customer_id as customer_id,
        sum(case when t.known_on >= cast(:first_day as date) then abs(t.amount) else 0 end) as amount_now,
        sum(case when t.known_on < cast(:first_day as date) then abs(t.amount) else 0 end) / 3 as amount_before,
        sum(case when t.known_on >= cast(:first_day as date) then 1 else 0 end) as rows_now,
        count(distinct case when t.known_on < cast(:first_day as date) then date_trunc('month', t.known_on) end) as months_before
    from landing.transactions as t
    where
        t.known_on >= cast(:first_day as date) - interval '3 months'
        and t.known_on < cast(:as_of as date)
        and not t.is_void
    group by t.customer_id
),

versions as (
    select
        c.customer_id as customer_id,
        lower(trim(c.name)) as name,
        coalesce(c.branch_id, 'none') as branch_id,
        row_number() over (partition by c.customer_id order by c.known_on desc, c.source_known_on desc) as place
    from landing.customers as c
    where c.known_on < cast(:as_of as date)
),

began as (
    select
        f.customer_id as customer_id,
        f.amount_now as amount_now,
        v.name as name,
        v.branch_id as branch_id
    from flows as f
    inner join versions as v on f.customer_id = v.customer_id and v.place = 1
    where f.months_before = 0 and f.rows_now > 0
),

ended as (
    select
        f.customer_id as customer_id,
        f.amount_before as amount_before,
        v.name as name,
        v.branch_id as branch_id
    from flows as f
    inner join versions as v on f.customer_id = v.customer_id and v.place = 1
    where f.months_before = 3 and f.rows_now = 0
)

select
    (
        select count(distinct e.customer_id) as renumbered_count
        from ended as e
        inner join began as b on e.name = b.name and e.branch_id = b.branch_id
        where b.amount_now between e.amount_before / 3 and e.amount_before * 3
    ) as renumbered_count,
    (
        select count(b.customer_id) as began_count
        from began as b
    ) as began_count
