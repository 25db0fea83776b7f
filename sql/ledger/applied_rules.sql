-- one row a rule that has written to the run :run_id, and the run that it went on from; as of now
select
    r.rule,
    r.rule_version,
    r.row_count,
    r.previous_run_id
from ops.run_rules as r
where r.run_id = :run_id
order by r.rule
