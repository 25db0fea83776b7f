-- one row an as_of, from :as_of on, before which the step :step has dealt with all of landing as it then was; as of now
select
    h.as_of as as_of,
    h.landing_rows as landing_rows
from ops.watermarks as h
where h.step = :step and h.as_of >= cast(:as_of as date)
order by h.as_of
