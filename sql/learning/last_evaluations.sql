-- one row a model, split, rival and metric: how the newest version of each model was judged; as of now
select
    e.model_name as model_name,
    e.model_version as model_version,
    e.split as split,
    e.rival as rival,
    e.metric as metric,
    e.value as value,
    e.lower as lower,
    e.upper as upper,
    e.row_count as row_count,
    e.event_count as event_count
from learn.evaluations as e
where
    cast(e.model_version as integer) = (
        select max(cast(q.model_version as integer)) as newest
        from learn.evaluations as q
        where q.model_name = e.model_name
    )
order by e.model_name, e.split, e.rival, e.metric
