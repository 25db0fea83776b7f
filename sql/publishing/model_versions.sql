-- one row a model that :run_id has rows of: the version that scored it (null: no champion did), and how many it scored; as of the run
-- stale_cause: why all are withheld, null where they are not.
select
    s.model_name as model_name,
    max(s.model_version) as model_version,
    cast(sum(case when s.status = 'scored' then 1 else 0 end) as bigint) as scored_count,
    max(case when substring(coalesce(s.cause, ''), 1, 6) = 'stale_' then s.cause end) as stale_cause
from crm.scores_v1 as s
where s.run_id = :run_id
group by s.model_name
order by s.model_name
