-- one row: the run of :as_of that is being written, none when there is none; as of now
select r.run_id as run_id
from ops.runs as r
where r.as_of = cast(:as_of as date) and r.state = 'open'
order by r.attempt desc
limit 1
