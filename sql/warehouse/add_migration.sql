-- adds one row to ops.migrations: the migration :version, applied now
insert into ops.migrations (version, name, sha256)
values (:version, :name, :sha256)
