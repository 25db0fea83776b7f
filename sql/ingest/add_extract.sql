-- adds one row a table and extract of :as_of, under the next attempt's number
insert into ops.extracts (
    source,
    table_name,
    as_of,
    attempt,
    rows_read,
    rows_new,
    rows_seen_before,
    rows_duplicate,
    rows_backdated,
    rows_changed
)
select
    cast(:source as varchar(64)) as source,
    cast(:table_name as varchar(64)) as table_name,
    cast(:as_of as date) as as_of,
    cast(coalesce(max(e.attempt), 0) + 1 as integer) as attempt,
    cast(:rows_read as bigint) as rows_read,
    cast(:rows_new as bigint) as rows_new,
    cast(:rows_seen_before as bigint) as rows_seen_before,
    cast(:rows_duplicate as bigint) as rows_duplicate,
    cast(:rows_backdated as bigint) as rows_backdated,
    cast(:rows_changed as bigint) as rows_changed
from ops.extracts as e
where
    e.source = :source
    and e.table_name = :table_name
    and e.as_of = cast(:as_of as date)
