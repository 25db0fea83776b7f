-- at most one row: the alert :alert_id in the run that the CRM reads
select
    a.alert_id,
    a.customer_id,
    a.as_of,
    a.state
from crm.alerts as a
where a.alert_id = :alert_id
