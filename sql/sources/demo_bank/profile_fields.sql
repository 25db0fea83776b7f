-- one row a customer, field and day it became known; known in [:known_from, :known_before)
select
    p.customer_id as customer_id,
    p.field_group as field_group,
    p.field as field,
    p.is_filled as is_filled,
    p.updated_on as updated_on,
    cast(p.known_on as date) as known_on
from profile_fields as p
where
    cast(p.known_on as date) >= cast(:known_from as date)
    and cast(p.known_on as date) < cast(:known_before as date)
