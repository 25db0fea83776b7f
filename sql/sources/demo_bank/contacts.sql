-- one row a contact; known in [:known_from, :known_before)
select
    k.contact_id as contact_id,
    k.customer_id as customer_id,
    k.contacted_on as contacted_on,
    k.manager_id as manager_id,
    k.branch_id as branch_id,
    k.channel as channel,
    cast(k.known_on as date) as known_on
from contacts as k
where
    cast(k.known_on as date) >= cast(:known_from as date)
    and cast(k.known_on as date) < cast(:known_before as date)
