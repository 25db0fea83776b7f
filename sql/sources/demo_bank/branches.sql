-- one row a branch and day its entry became known; known in [:known_from, :known_before)
select
    b.branch_id as branch_id,
    b.parent_branch_id as parent_branch_id,
    b.kind as kind,
    b.name as name,
    b.region as region,
    cast(b.known_on as date) as known_on
from branches as b
where
    cast(b.known_on as date) >= cast(:known_from as date)
    and cast(b.known_on as date) < cast(:known_before as date)
