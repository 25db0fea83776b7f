-- one row an industry: of its valid rows known before :as_of the one with the latest source_known_on; as of :as_of
select
    n.industry_code,
    n.name,
    n.name_en,
    n.known_on,
    n.source_known_on
from (
    select
        v.*,
        row_number() over (partition by v.industry_code order by v.source_known_on desc) as newest
    from valid.industries as v
    where v.known_on < cast(:as_of as date)
) as n
where n.newest = 1
