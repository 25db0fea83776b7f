-- at most one row: the alert :alert_id in the run that the CRM reads; evaluated_as_of is the latest day that a run, published or open, has judged
select
    a.alert_id,
    a.customer_id,
    a.as_of,
    a.state,
    (
        select max(t.as_of)
        from crm.class_transitions_v1 as t
        inner join ops.runs as s on t.run_id = s.run_id
        where s.state in ('open', 'published')
    ) as evaluated_as_of
from crm.alerts as a
where a.alert_id = :alert_id
