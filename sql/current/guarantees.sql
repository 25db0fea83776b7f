-- one row a guarantee: of its valid rows known before :as_of the one with the latest source_known_on; as of :as_of
select
    n.guarantee_id,
    n.guarantor_id,
    n.customer_id,
    n.amount,
    n.granted_on,
    n.ends_on,
    n.known_on,
    n.source_known_on
from (
    select
        v.*,
        row_number() over (partition by v.guarantee_id order by v.source_known_on desc) as newest
    from valid.guarantees as v
    where v.known_on < cast(:as_of as date)
) as n
where n.newest = 1
