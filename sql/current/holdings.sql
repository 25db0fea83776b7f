-- one row a holding: of its valid rows known before :as_of the one with the latest source_known_on; as of :as_of
select
    n.holding_id,
    n.customer_id,
    n.product_id,
    n.bought_on,
    n.matures_on,
    n.amount,
    n.nav_ratio,
    n.known_on,
    n.source_known_on
from (
    select
        v.*,
        row_number() over (partition by v.holding_id order by v.source_known_on desc) as newest
    from valid.holdings as v
    where v.known_on < cast(:as_of as date)
) as n
where n.newest = 1
