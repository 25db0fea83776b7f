-- one row a customer of run :run_id that is at watch or worse, or has payments past due
select
    r.customer_id,
    r.machine_class <> 'normal' as is_on_watch,
    coalesce(m.days_past_due > 0, false) as is_late
from crm.relationship_classes_v1 as r
inner join crm.class_measures_v1 as m on r.run_id = m.run_id and r.customer_id = m.customer_id
where r.run_id = :run_id and (r.machine_class <> 'normal' or m.days_past_due > 0)
