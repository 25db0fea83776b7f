-- one row a product and day its entry became known; known in [:known_from, :known_before)
select
    p.product_id as product_id,
    p.kind as kind,
    p.name as name,
    p.name_en as name_en,
    p.yield_type as yield_type,
    p.posted_rate_ratio as posted_rate_ratio,
    p.term_months as term_months,
    p.launched_on as launched_on,
    cast(p.known_on as date) as known_on
from products as p
where
    cast(p.known_on as date) >= cast(:known_from as date)
    and cast(p.known_on as date) < cast(:known_before as date)
