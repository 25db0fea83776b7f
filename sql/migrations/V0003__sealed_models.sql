-- the files of each version of a model, as they were registered: a version whose files differ is not loaded
create table ops.models (
    model_name varchar(64) not null,
    model_version varchar(32) not null,
    file_name varchar(64) not null,
    sha256 varchar(64) not null,
    sealed_at timestamp not null default current_timestamp,
    primary key (model_name, model_version, file_name)
);

-- the versions that scored a run; seal is one SHA-256 over the names and hashes of all files of the version
create table ops.run_models (
    run_id varchar(64) not null,
    model_name varchar(64) not null,
    model_version varchar(32) not null,
    seal varchar(64) not null,
    primary key (run_id, model_name)
);
