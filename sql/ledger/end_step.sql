-- writes to the row :step_id of ops.steps how its step ended
update ops.steps
set
    subject = :subject,
    state = :state,
    seconds = cast(:seconds as double precision),
    row_count = cast(:row_count as bigint),
    peak_bytes = cast(:peak_bytes as bigint),
    message = :message,
    run_by = :run_by,
    finished_at = current_timestamp
where step_id = :step_id
