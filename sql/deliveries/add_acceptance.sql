-- One row: a person accepts the delivery of :table_name as of :as_of, when the table has :row_count rows known before it
insert into ops.delivery_acceptances (place, table_name, as_of, row_count, accepted_by, reason)
select
    coalesce(max(a.place), 0) + 1 as place,
    :table_name as table_name,
    cast(:as_of as date) as as_of,
    :row_count as row_count,
    :accepted_by as accepted_by,
    :reason as reason
from ops.delivery_acceptances as a
