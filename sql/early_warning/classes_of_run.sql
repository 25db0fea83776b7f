-- at most one row: the class of :customer_id in run :run_id, and what it was judged by
select
    r.as_of,
    r.relationship_class,
    r.machine_class,
    r.floor_class,
    r.previous_class,
    r.evidence,
    r.why_en,
    r.why_zh,
    r.periods_in_class,
    r.clean_periods,
    r.unimproved_periods,
    r.is_exit_proposed,
    r.override_class,
    r.override_by,
    r.override_until,
    r.unknown,
    r.rule_version
from crm.relationship_classes_v1 as r
where r.run_id = :run_id and r.customer_id = :customer_id
