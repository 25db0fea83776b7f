-- creates schema ops and ops.migrations, one row a migration applied to this warehouse, where they are absent
create schema if not exists ops;
create table if not exists ops.migrations (
    version integer not null,
    name varchar(200) not null,
    sha256 varchar(64) not null,
    applied_at timestamp not null default current_timestamp,
    primary key (version)
);
