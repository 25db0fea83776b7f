-- one row a manager and day its entry became known; known in [:known_from, :known_before)
select
    m.manager_id as manager_id,
    m.branch_id as branch_id,
    m.name as name,
    m.grade as grade,
    m.exam_passed_on as exam_passed_on,
    m.joined_on as joined_on,
    m.left_on as left_on,
    cast(m.known_on as date) as known_on
from managers as m
where
    cast(m.known_on as date) >= cast(:known_from as date)
    and cast(m.known_on as date) < cast(:known_before as date)
