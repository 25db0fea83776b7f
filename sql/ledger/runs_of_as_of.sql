-- one row a run of :as_of, latest attempt first; as of now
select
    r.run_id as run_id,
    r.attempt as attempt,
    r.state as state
from ops.runs as r
where r.as_of = cast(:as_of as date)
order by r.attempt desc
