-- one row a day and day its entry became known; known in [:known_from, :known_before)
select
    d.day as day,
    d.is_business_day as is_business_day,
    d.holiday as holiday,
    cast(d.known_on as date) as known_on
from calendar as d
where
    cast(d.known_on as date) >= cast(:known_from as date)
    and cast(d.known_on as date) < cast(:known_before as date)
