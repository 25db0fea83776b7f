-- One row a product as stated; known before :as_of. Each is_/has_ column is a promise: false where broken, null where it cannot be told.
select
    p.product_id || '|' || cast(p.source_known_on as varchar(10)) as row_key,
    p.known_on as known_on,
    trim(p.product_id) <> '' as has_product_id,
    p.kind in ('deposit', 'loan', 'overdraft', 'wealth', 'fund', 'insurance', 'card', 'service') as is_kind_known,
    p.yield_type in ('fixed', 'floating', 'protected', 'none') as is_yield_type_known,
    p.posted_rate_ratio between 0 and 1 as is_rate_in_range,
    p.term_months > 0 as is_term_positive
from landing.products as p
where p.known_on < cast(:as_of as date)
