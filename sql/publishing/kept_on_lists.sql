-- one row a list: the share of its customers in :previous_run_id who are on it in :run_id, and how many they were; as of the two runs;
-- without customers whose branch delivered too little for a score in either
with short as materialized (
    select distinct s.customer_id
    from crm.scores_v1 as s
    where s.run_id in (:run_id, :previous_run_id) and substring(coalesce(s.cause, ''), 1, 6) = 'short_'
)

select
    b.list as list,
    cast(avg(case when n.customer_id is null then 0.0 else 1.0 end) as double precision) as kept_share,
    cast(count(*) as bigint) as customer_count
from crm.care_lists_v1 as b
left join crm.care_lists_v1 as n on b.list = n.list and b.customer_id = n.customer_id and n.run_id = :run_id
left join short as x on b.customer_id = x.customer_id
where b.run_id = :previous_run_id and x.customer_id is null
group by b.list
order by b.list
