-- One row a customer, model and place: the reasons of the run :run_id, in the order of the table's columns; as of now
select
    r.run_id,
    r.customer_id,
    r.as_of,
    r.model_name,
    r.place,
    r.feature,
    r.value,
    r.shapley,
    r.text_en,
    r.text_zh
from crm.reasons_v1 as r
where r.run_id = :run_id
order by r.model_name, r.customer_id, r.place
