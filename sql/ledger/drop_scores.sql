-- drops the scores of :run_id
delete from crm.scores_v1
where run_id = :run_id
