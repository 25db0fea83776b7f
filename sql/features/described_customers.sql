-- one row a customer with all its features of :as_of, in no order (f.*: the columns are those that customer_features.sql declares)
select f.*
from features.customer_features as f
where f.as_of = cast(:as_of as date)
