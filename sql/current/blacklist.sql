-- one row a entry of the blacklist: of the valid rows known before :as_of the one stated last; as of :as_of
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
