-- One row an as-of date, table, branch and measure of the deliveries from :first to :as_of, as recorded
select
    s.table_name,
    s.as_of,
    s.branch_id,
    s.measure,
    s.value,
    s.sample,
    s.warn_low,
    s.warn_high,
    s.stop_low,
    s.stop_high,
    s.state,
    s.validated_as_of
from ops.delivery_statistics as s
where s.as_of >= cast(:first as date) and s.as_of <= cast(:as_of as date)
