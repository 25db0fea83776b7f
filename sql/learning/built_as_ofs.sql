-- one row an as_of that :model_name has examples of, answered by :label_version; as of now
select distinct e.as_of as as_of
from learn.examples as e
where e.model_name = :model_name and e.label_version = :label_version
order by e.as_of
