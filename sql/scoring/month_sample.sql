-- one row a customer with all its features of :as_of, of customers whose md5 is below :md5_below ('g': all), the share that training draws
-- (f.*: the columns are those that customer_features.sql declares)
select f.*
from features.customer_features as f
where
    f.as_of = cast(:as_of as date)
    and md5(f.customer_id) < :md5_below
order by f.customer_id
