-- one row a column of the table :table_schema.:table_name, in the table's order; as of now
select
    c.column_name as column_name,
    c.data_type as data_type,
    cast(c.numeric_precision as integer) as precision,
    cast(c.numeric_scale as integer) as scale
from information_schema.columns as c
where c.table_schema = :table_schema and c.table_name = :table_name
order by c.ordinal_position
