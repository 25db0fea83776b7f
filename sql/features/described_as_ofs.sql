-- one row an as_of that features.customer_features describes customers of; as of now
select distinct f.as_of as as_of
from features.customer_features as f
order by f.as_of
