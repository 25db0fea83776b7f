-- gives :run_id the last day on which what it foresees is served, null for no end
update ops.runs
set valid_until = cast(:valid_until as date)
where run_id = :run_id
