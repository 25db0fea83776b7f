-- one row an account: of its valid rows known before :as_of the one with the latest source_known_on; as of :as_of
select
    n.account_id,
    n.customer_id,
    n.product_id,
    n.branch_id,
    n.currency,
    n.rate_ratio,
    n.opened_on,
    n.closed_on,
    n.known_on,
    n.source_known_on
from (
    select
        v.*,
        row_number() over (partition by v.account_id order by v.source_known_on desc) as newest
    from valid.accounts as v
    where v.known_on < cast(:as_of as date)
) as n
where n.newest = 1
