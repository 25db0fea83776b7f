-- at most one row: the class of :customer_id in the run that the CRM reads
select
    r.customer_id,
    r.as_of,
    r.relationship_class,
    r.machine_class,
    r.floor_class,
    r.is_exit_proposed
from crm.relationship_classes as r
where r.customer_id = :customer_id
