-- One row a promise that validate asked of rows :as_of: how many were checked and how many break it; as of now
select
    v.table_name,
    v.promise,
    v.rows_checked,
    v.rows_broken
from ops.validations as v
where v.as_of = cast(:as_of as date) and v.rows_broken is not null
order by v.table_name, v.promise
