-- one row a customer, field group and field: of its valid rows known before :as_of the one with the latest source_known_on; as of :as_of
select
    n.customer_id,
    n.field_group,
    n.field,
    n.is_filled,
    n.updated_on,
    n.known_on,
    n.source_known_on
from (
    select
        v.*,
        row_number() over (partition by v.customer_id, v.field_group, v.field order by v.source_known_on desc) as newest
    from valid.profile_fields as v
    where v.known_on < cast(:as_of as date)
) as n
where n.newest = 1
