-- one row a segment, or cause of being in none, of the run :run_id: how many customers, segments first; as of the run
select
    s.segment,
    s.cause,
    cast(count(*) as bigint) as customers
from crm.segments_v1 as s
where s.run_id = :run_id
group by s.segment, s.cause
order by s.segment nulls last, s.cause nulls first
