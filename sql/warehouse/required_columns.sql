-- one row a column of :table_schema.:table_name that may not be null; in table order, as the catalog is now
select c.column_name as column_name
from information_schema.columns as c
where
    c.table_schema = :table_schema
    and c.table_name = :table_name
    and c.is_nullable = 'NO'
order by c.ordinal_position
