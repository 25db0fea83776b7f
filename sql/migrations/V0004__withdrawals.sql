-- A publication may be withdrawn when none stands before it: the pointer then turns to no run, written as an empty run_id, and the CRM reads none.
create or replace view ops.current_run as
select
    p.run_id,
    p.as_of,
    p.published_at,
    r.created_at,
    r.valid_until,
    coalesce(r.valid_until < current_date, false) as is_expired
from ops.publications as p
left join ops.runs as r on p.run_id = r.run_id
where p.place = (select max(q.place) from ops.publications as q) and p.run_id <> '';
