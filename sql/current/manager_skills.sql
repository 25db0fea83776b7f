-- one row a manager and skill: of its valid rows known before :as_of the one with the latest source_known_on; as of :as_of
select
    n.manager_id,
    n.skill,
    n.is_held,
    n.attained_on,
    n.known_on,
    n.source_known_on
from (
    select
        v.*,
        row_number() over (partition by v.manager_id, v.skill order by v.source_known_on desc) as newest
    from valid.manager_skills as v
    where v.known_on < cast(:as_of as date)
) as n
where n.newest = 1
