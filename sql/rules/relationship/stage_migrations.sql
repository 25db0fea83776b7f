-- One row a pair of stages that some customer known before :as_of has gone between: from the run published before to this one. Who was not
-- in that run, or where there is none, comes from 'none'; so the customers of all rows are those of crm.lifecycle.
select
    :run_id as run_id,
    cast(:as_of as date) as as_of,
    coalesce(l.previous_stage, 'none') as previous_stage,
    l.stage,
    cast(count(*) as integer) as customer_count,
    :rule_version as rule_version
from crm.lifecycle_v1 as l
where l.run_id = :run_id
group by coalesce(l.previous_stage, 'none'), l.stage
