-- One row an accepted delivery: the latest acceptance of each table and as-of date from :first to :as_of, with who accepted it and why
select
    a.table_name,
    a.as_of,
    a.row_count,
    a.accepted_by,
    a.reason
from ops.delivery_acceptances as a
where
    a.as_of >= cast(:first as date)
    and a.as_of <= cast(:as_of as date)
    and a.place = (
        select max(b.place) as last_place
        from ops.delivery_acceptances as b
        where b.table_name = a.table_name and b.as_of = a.as_of
    )
