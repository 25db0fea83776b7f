-- one row a source whose rows landing holds; as of now
select distinct e.source as source
from ops.extracts as e
order by e.source
