-- one row a manager and skill as told, and one more when it is attained or lapses; known in [:known_from, :known_before)
select
    s.manager_id as manager_id,
    s.skill as skill,
    s.is_held as is_held,
    s.attained_on as attained_on,
    cast(s.known_on as date) as known_on
from manager_skills as s
where
    cast(s.known_on as date) >= cast(:known_from as date)
    and cast(s.known_on as date) < cast(:known_before as date)
