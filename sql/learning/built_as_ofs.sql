-- one row an as_of that :model_name has examples of, answered by :label_version, of customers whose md5 is below :md5_below and perhaps more; as of now
select e.as_of as as_of
from learn.example_draws as e
where
    e.model_name = :model_name
    and e.label_version = :label_version
    and e.md5_below >= :md5_below
order by e.as_of
