-- one row an event; known in [:known_from, :known_before)
select
    e.event_id as event_id,
    e.customer_id as customer_id,
    e.occurred_on as occurred_on,
    e.kind as kind,
    e.value as value,
    cast(e.known_on as date) as known_on
from events as e
where
    cast(e.known_on as date) >= cast(:known_from as date)
    and cast(e.known_on as date) < cast(:known_before as date)
