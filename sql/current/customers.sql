-- one row a customer: of its valid rows known before :as_of the one with the latest source_known_on; as of :as_of
select
    n.customer_id,
    n.kind,
    n.relation,
    n.name,
    n.industry_code,
    n.region,
    n.city,
    n.branch_id,
    n.manager_id,
    n.group_id,
    n.founded_on,
    n.joined_on,
    n.employees,
    n.capital,
    n.known_on,
    n.source_known_on
from (
    select
        v.*,
        row_number() over (partition by v.customer_id order by v.source_known_on desc) as newest
    from valid.customers as v
    where v.known_on < cast(:as_of as date)
) as n
where n.newest = 1
