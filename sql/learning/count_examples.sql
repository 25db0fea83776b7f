-- one row: the examples of :model_name by :label_version whose answers were known before :as_of
select cast(count(*) as bigint) as row_count
from learn.examples as e
where
    e.model_name = :model_name
    and e.label_version = :label_version
    and e.matured_on <= cast(:as_of as date)
