-- adds one row to ops.steps: step :step has started; its place is the one after the last
insert into ops.steps (step_id, step, as_of, subject, state, seconds, run_by)
select
    coalesce(max(s.step_id), 0) + 1 as step_id,
    :step as step,
    cast(:as_of as date) as as_of,
    :subject as subject,
    'started' as state,
    0 as seconds,
    :run_by as run_by
from ops.steps as s
