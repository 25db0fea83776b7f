-- one row: the place of the newest row of ops.steps; as of now
select max(s.step_id) as step_id
from ops.steps as s
