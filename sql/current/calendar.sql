-- one row a day: of its valid rows known before :as_of the one with the latest source_known_on; as of :as_of
select
    n.day,
    n.is_business_day,
    n.holiday,
    n.known_on,
    n.source_known_on
from (
    select
        v.*,
        row_number() over (partition by v.day order by v.source_known_on desc) as newest
    from valid.calendar as v
    where v.known_on < cast(:as_of as date)
) as n
where n.newest = 1
