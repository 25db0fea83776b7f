-- one row: the run that the CRM reads, none before the first publication; as of now, which is past valid_until where it is expired
select
    c.run_id as run_id,
    c.as_of as as_of,
    c.published_at as published_at,
    c.valid_until as valid_until,
    c.is_expired as is_expired
from ops.current_run as c
