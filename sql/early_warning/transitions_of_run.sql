-- one row a class and piece of evidence that may be met in it: the table of transitions that run :run_id was judged by
select
    t.from_class,
    t.evidence,
    t.to_class,
    t.place,
    t.is_floor,
    t.why_en,
    t.why_zh
from crm.class_transitions_v1 as t
where t.run_id = :run_id
order by t.place, t.from_class
