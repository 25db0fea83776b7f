-- one row a manager: of its valid rows known before :as_of the one with the latest source_known_on; as of :as_of
select
    n.manager_id,
    n.branch_id,
    n.name,
    n.grade,
    n.exam_passed_on,
    n.joined_on,
    n.left_on,
    n.known_on,
    n.source_known_on
from (
    select
        v.*,
        row_number() over (partition by v.manager_id order by v.source_known_on desc) as newest
    from valid.managers as v
    where v.known_on < cast(:as_of as date)
) as n
where n.newest = 1
