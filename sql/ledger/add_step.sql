-- adds one row to ops.steps: step :step ended as :state; its place is the one after the last
insert into ops.steps (step_id, step, as_of, subject, state, seconds, row_count, peak_bytes, message, run_by)
select
    coalesce(max(s.step_id), 0) + 1 as step_id,
    :step as step,
    cast(:as_of as date) as as_of,
    :subject as subject,
    :state as state,
    cast(:seconds as double precision) as seconds,
    cast(:row_count as bigint) as row_count,
    cast(:peak_bytes as bigint) as peak_bytes,
    :message as message,
    :run_by as run_by
from ops.steps as s
