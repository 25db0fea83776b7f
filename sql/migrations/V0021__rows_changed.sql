-- One row a table and extract: how many rows came again with other content under their key and known_on; null before it was counted.
alter table ops.extracts add column rows_changed bigint;
