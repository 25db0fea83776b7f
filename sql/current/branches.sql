-- one row a branch: of its valid rows known before :as_of the one with the latest source_known_on; as of :as_of
select
    n.branch_id,
    n.parent_branch_id,
    n.kind,
    n.name,
    n.region,
    n.known_on,
    n.source_known_on
from (
    select
        v.*,
        row_number() over (partition by v.branch_id order by v.source_known_on desc) as newest
    from valid.branches as v
    where v.known_on < cast(:as_of as date)
) as n
where n.newest = 1
