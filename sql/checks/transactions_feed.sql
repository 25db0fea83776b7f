-- One row: the last day on which a transaction became known; known before :as_of
select max(t.known_on) as last_known_on
from landing.transactions as t
where t.known_on < cast(:as_of as date)
