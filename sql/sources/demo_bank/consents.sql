-- one row a statement of a customer, of which a later one counts in the place of those before; known in [:known_from, :known_before)
select
    c.customer_id as customer_id,
    c.has_marketing_consent as has_marketing_consent,
    c.erasure_requested_on as erasure_requested_on,
    c.stated_on as stated_on,
    cast(c.known_on as date) as known_on
from consents as c
where
    cast(c.known_on as date) >= cast(:known_from as date)
    and cast(c.known_on as date) < cast(:known_before as date)
