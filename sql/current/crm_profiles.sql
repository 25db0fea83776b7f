-- one row a customer: of its valid rows known before :as_of the one with the latest source_known_on; as of :as_of
select
    n.customer_id,
    n.branch_id,
    n.manager_id,
    n.deposit_balance,
    n.loan_balance,
    n.product_count,
    n.updated_on,
    n.known_on,
    n.source_known_on
from (
    select
        v.*,
        row_number() over (partition by v.customer_id order by v.source_known_on desc) as newest
    from valid.crm_profiles as v
    where v.known_on < cast(:as_of as date)
) as n
where n.newest = 1
