-- one row a customer that :model_name has scored in :previous_run_id or in :run_id: its scores in both, null where it has none; as of the two runs
with earlier as (
    select
        s.customer_id,
        s.score,
        s.raw_score
    from crm.scores_v1 as s
    where s.run_id = :previous_run_id and s.model_name = :model_name and s.status = 'scored'
),

present as (
    select
        s.customer_id,
        s.score,
        s.raw_score
    from crm.scores_v1 as s
    where s.run_id = :run_id and s.model_name = :model_name and s.status = 'scored'
)

select
    e.score as score_before,
    e.raw_score as raw_score_before,
    p.score as score,
    p.raw_score as raw_score
from earlier as e
full join present as p on e.customer_id = p.customer_id
order by coalesce(e.customer_id, p.customer_id) collate "C"
