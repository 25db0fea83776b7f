-- What each published run measured beside the one before, and what persons accepted of it.
-- one row a run, subject (a model, or a table of the CRM) and measure; sample: the rows behind the value. value_before: of the run compared
-- with, usual from low to high (a null bound: none). change: how far it moved on the measure's scale, which later runs learn their bounds from.
-- state: unchecked (nothing to compare with), usual, warned, other_version (another champion scores) or accepted (out of bounds, let through)
create table ops.run_measures (
    run_id varchar(64) not null,
    as_of date not null,
    subject varchar(64) not null,
    measure varchar(64) not null,
    value double precision not null,
    sample bigint not null,
    value_before double precision,
    low double precision,
    high double precision,
    change double precision,
    state varchar(16) not null,
    primary key (run_id, subject, measure)
);

-- a person's word that a run may be published although it differs from the runs before; it counts for that run only
create table ops.publication_acceptances (
    run_id varchar(64) not null primary key,
    as_of date not null,
    accepted_by varchar(200) not null,
    reason varchar(1000) not null,
    accepted_at timestamp not null default current_timestamp
);
