-- at most one row: the class of :customer_id in the run that the CRM reads; evaluated_as_of is the latest day that a run, published or open, has judged
select
    r.customer_id,
    r.as_of,
    r.relationship_class,
    r.machine_class,
    r.floor_class,
    r.is_exit_proposed,
    (
        select max(t.as_of)
        from crm.class_transitions_v1 as t
        inner join ops.runs as s on t.run_id = s.run_id
        where s.state in ('open', 'published')
    ) as evaluated_as_of
from crm.relationship_classes as r
where r.customer_id = :customer_id
