-- one row a step and subject: how it ended the last time it ran; as of now
select
    s.step as step,
    s.subject as subject,
    s.as_of as as_of,
    s.state as state,
    s.seconds as seconds,
    s.row_count as row_count,
    s.peak_bytes as peak_bytes,
    s.message as message,
    s.run_by as run_by,
    s.finished_at as finished_at
from ops.steps as s
where
    s.step_id = (
        select max(q.step_id) as newest
        from ops.steps as q
        where q.step = s.step and q.subject = s.subject
    )
order by s.step_id
