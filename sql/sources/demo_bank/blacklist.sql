-- one row an entry as told, and one more when it is lifted; known in [:known_from, :known_before)
select
    b.entry_id as entry_id,
    b.customer_id as customer_id,
    b.listed_on as listed_on,
    b.lifted_on as lifted_on,
    b.list_source as list_source,
    b.reason as reason,
    cast(b.known_on as date) as known_on
from blacklist as b
where
    cast(b.known_on as date) >= cast(:known_from as date)
    and cast(b.known_on as date) < cast(:known_before as date)
