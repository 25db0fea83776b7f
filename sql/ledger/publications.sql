-- one row a flip of the pointer, first to last, with the state of the run it turned to ('none' where it turned to no run); as of now
select
    p.place as place,
    p.run_id as run_id,
    p.as_of as as_of,
    p.action as action,
    coalesce(r.state, 'none') as state
from ops.publications as p
left join ops.runs as r on p.run_id = r.run_id
order by p.place
