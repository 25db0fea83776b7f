-- one row an example of :model_name by :label_version whose answer was known before :as_of, with all its features
-- of customers whose md5 is below :md5_below, a share of them that any engine draws alike and that stays the same from month to month
-- (f.*: the columns are those that customer_features.sql declares; it brings customer_id and as_of)
select
    f.*,
    e.label as label,
    e.is_scored_population as is_scored_population
from learn.examples as e
inner join features.customer_features as f on e.customer_id = f.customer_id and e.as_of = f.as_of
where
    e.model_name = :model_name
    and e.label_version = :label_version
    and e.matured_on <= cast(:as_of as date)
    and md5(e.customer_id) < :md5_below
order by f.as_of, f.customer_id
