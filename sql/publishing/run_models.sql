-- one row a model that :run_id has scores of: how many rows of each status, how many scored rows whose told reasons are absent or do
-- not add up to the raw score within 0.00001; as of the run
with told as (
    select
        r.model_name,
        r.customer_id,
        sum(r.shapley) as shapley_sum
    from crm.reasons_v1 as r
    where r.run_id = :run_id
    group by r.model_name, r.customer_id
)

select
    s.model_name as model_name,
    cast(count(*) as bigint) as row_count,
    cast(sum(case when s.status = 'scored' then 1 else 0 end) as bigint) as scored_count,
    cast(sum(case when s.status = 'withheld' then 1 else 0 end) as bigint) as withheld_count,
    cast(sum(case when s.status = 'excluded' then 1 else 0 end) as bigint) as excluded_count,
    cast(
        sum(
            case
                when s.status <> 'scored' or abs(s.base_value + t.shapley_sum - s.raw_score) <= 0.00001 then 0
                else 1
            end
        ) as bigint
    ) as unexplained_count
from crm.scores_v1 as s
left join told as t on s.model_name = t.model_name and s.customer_id = t.customer_id
where s.run_id = :run_id
group by s.model_name
order by s.model_name
