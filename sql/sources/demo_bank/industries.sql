-- one row an industry and day its entry became known; known in [:known_from, :known_before)
select
    i.industry_code as industry_code,
    i.name as name,
    i.name_en as name_en,
    cast(i.known_on as date) as known_on
from industries as i
where
    cast(i.known_on as date) >= cast(:known_from as date)
    and cast(i.known_on as date) < cast(:known_before as date)
