-- one row: the run that the CRM reads, none before the first publication; as of now
select
    c.run_id as run_id,
    c.as_of as as_of,
    c.published_at as published_at
from ops.current_run as c
