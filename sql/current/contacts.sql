-- one row a contact: of its valid rows known before :as_of the one with the latest source_known_on; as of :as_of
select
    n.contact_id,
    n.customer_id,
    n.contacted_on,
    n.manager_id,
    n.branch_id,
    n.channel,
    n.known_on,
    n.source_known_on
from (
    select
        v.*,
        row_number() over (partition by v.contact_id order by v.source_known_on desc) as newest
    from valid.contacts as v
    where v.known_on < cast(:as_of as date)
) as n
where n.newest = 1
