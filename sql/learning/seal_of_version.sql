-- one row a file of a model's version: its SHA-256 when the version was registered; as of now
select
    m.file_name as file_name,
    m.sha256 as sha256
from ops.models as m
where
    m.model_name = :model_name
    and m.model_version = :model_version
order by m.file_name
