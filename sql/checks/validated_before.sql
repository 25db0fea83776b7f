-- One row: the latest as-of date before :as_of that validate has passed; null where there is none, so that all rows are of this delivery
select max(w.as_of) as validated_as_of
from ops.watermarks as w
where w.step = 'validate' and w.as_of < cast(:as_of as date)
