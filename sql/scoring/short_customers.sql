-- One row a customer and table: the delivery of its branch was short in one of the three months before :as_of, so that its figures of the table are
-- incomplete; the branch is the latest known before :as_of
with branches as (
    select
        c.customer_id as customer_id,
        coalesce(c.branch_id, 'none') as branch_id,
        row_number() over (partition by c.customer_id order by c.known_on desc, c.source_known_on desc) as place
    from landing.customers as c
    where c.known_on < cast(:as_of as date)
)

select distinct
    b.customer_id,
    s.table_name
from branches as b
inner join ops.delivery_statistics as s on b.branch_id = s.branch_id
where
    b.place = 1
    and s.state = 'withheld'
    and s.as_of <= cast(:as_of as date)
    and s.as_of > cast(:as_of as date) - interval '3 months'
