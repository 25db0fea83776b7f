-- One row a column that landing.:table_name has; as of now
select c.column_name as column_name
from information_schema.columns as c
where c.table_schema = 'landing' and c.table_name = :table_name
