-- one row a view of the schema :table_schema; as of now
select v.table_name as table_name
from information_schema.views as v
where v.table_schema = :table_schema
order by v.table_name
