-- gives :run_id the state :state
update ops.runs
set state = :state
where run_id = :run_id
