-- one row a product: of its valid rows known before :as_of the one with the latest source_known_on; as of :as_of
select
    n.product_id,
    n.kind,
    n.name,
    n.name_en,
    n.yield_type,
    n.posted_rate_ratio,
    n.term_months,
    n.launched_on,
    n.known_on,
    n.source_known_on
from (
    select
        v.*,
        row_number() over (partition by v.product_id order by v.source_known_on desc) as newest
    from valid.products as v
    where v.known_on < cast(:as_of as date)
) as n
where n.newest = 1
