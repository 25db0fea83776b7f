-- one row a run, subject and measure of the as-of dates from :first up to, and not with, :as_of; as of now
select
    m.run_id as run_id,
    m.as_of as as_of,
    m.subject as subject,
    m.measure as measure,
    m.value as value,
    m.sample as sample,
    m.change as change,
    m.state as state
from ops.run_measures as m
where m.as_of >= cast(:first as date) and m.as_of < cast(:as_of as date)
order by m.as_of, m.run_id, m.subject, m.measure
