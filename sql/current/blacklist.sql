-- one row an entry of the blacklist: of its valid rows known before :as_of the one with the latest source_known_on; as of :as_of
select
    n.entry_id,
    n.customer_id,
    n.listed_on,
    n.lifted_on,
    n.list_source,
    n.reason,
    n.known_on,
    n.source_known_on
from (
    select
        v.*,
        row_number() over (partition by v.entry_id order by v.source_known_on desc) as newest
    from valid.blacklist as v
    where v.known_on < cast(:as_of as date)
) as n
where n.newest = 1
