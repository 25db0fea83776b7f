-- One row a customer and model: what the run :run_id says, in the order of the table's columns; as of now
select
    s.run_id,
    s.customer_id,
    s.as_of,
    s.model_name,
    s.status,
    s.cause,
    s.score,
    s.raw_score,
    s.base_value,
    s.rank,
    s.percentile,
    s.band,
    s.band_version,
    s.trend,
    s.model_version,
    s.model_as_of
from crm.scores_v1 as s
where s.run_id = :run_id
order by s.model_name, s.customer_id
