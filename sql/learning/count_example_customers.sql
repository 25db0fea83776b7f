-- one row: the customers that :model_name has examples of by :label_version whose answers were known before :as_of
select cast(count(distinct e.customer_id) as bigint) as customer_count
from learn.examples as e
where
    e.model_name = :model_name
    and e.label_version = :label_version
    and e.matured_on <= cast(:as_of as date)
