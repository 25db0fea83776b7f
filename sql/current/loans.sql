-- one row a loan: of its valid rows known before :as_of the one with the latest source_known_on; as of :as_of
select
    n.loan_id,
    n.customer_id,
    n.product_id,
    n.granted_on,
    n.matures_on,
    n.principal_amount,
    n.limit_amount,
    n.rate_ratio,
    n.collateral_value,
    n.known_on,
    n.source_known_on
from (
    select
        v.*,
        row_number() over (partition by v.loan_id order by v.source_known_on desc) as newest
    from valid.loans as v
    where v.known_on < cast(:as_of as date)
) as n
where n.newest = 1
