-- one row: the as_of of the run that the CRM reads, null before the first; as of now. What comes later may not change what it says;
-- a rollback withdraws a run, and with it opens its month again.
select max(c.as_of) as closed_as_of
from ops.current_run as c
