-- one row a migration that this warehouse has; as of now
select
    m.version as version,
    m.sha256 as sha256
from ops.migrations as m
order by m.version
