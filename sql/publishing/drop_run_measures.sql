-- drops the measures of :run_id
delete from ops.run_measures
where run_id = :run_id
