-- drops the reasons of :run_id
delete from crm.reasons_v1
where run_id = :run_id
