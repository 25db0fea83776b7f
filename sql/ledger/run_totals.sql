-- one row a model and status: how many customers the run that the CRM reads speaks of; as of now
select
    s.model_name as model_name,
    s.status as status,
    max(s.model_version) as model_version,
    cast(count(*) as bigint) as row_count
from crm.scores as s
group by s.model_name, s.status
order by s.model_name, s.status
