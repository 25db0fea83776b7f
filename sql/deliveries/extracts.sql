-- One row a landing table that was extracted as of :as_of from :source: the counts of its last attempt, and over all attempts the rows new and backdated
with attempts as (
    select
        e.table_name as table_name,
        e.rows_read as rows_read,
        e.rows_seen_before as rows_seen_before,
        e.rows_duplicate as rows_duplicate,
        e.rows_changed as rows_changed,
        sum(e.rows_new) over (partition by e.table_name) as rows_new,
        sum(e.rows_backdated) over (partition by e.table_name) as rows_backdated,
        row_number() over (partition by e.table_name order by e.attempt desc) as place
    from ops.extracts as e
    where e.source = :source and e.as_of = cast(:as_of as date)
)

select
    a.table_name,
    a.rows_read,
    a.rows_seen_before,
    a.rows_duplicate,
    coalesce(a.rows_changed, 0) as rows_changed,
    cast(a.rows_new as bigint) as rows_new,
    cast(a.rows_backdated as bigint) as rows_backdated
from attempts as a
where a.place = 1
