-- one row a piece of evidence that spoke against :customer_id in run :run_id, the weightiest first, with its words and what it asks for; without
-- words where the run's table has no line for it, which only another hand's row has
select
    e.evidence,
    e.value,
    e.edge,
    t.why_en,
    t.why_zh,
    t.to_class,
    t.is_floor
from crm.class_evidence_v1 as e
left join crm.class_transitions_v1 as t on e.run_id = t.run_id and e.evidence = t.evidence and t.from_class = 'normal'
where e.run_id = :run_id and e.customer_id = :customer_id
order by t.place, e.evidence
