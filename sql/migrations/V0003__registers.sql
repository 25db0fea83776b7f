-- One statement a table: what a bank keeps few rows of. Each is optional for a source.
create table landing.products (
    product_id varchar(64) not null,
    kind varchar(32) not null,
    name varchar(200),
    name_en varchar(200),
    yield_type varchar(32),
    posted_rate_ratio double precision,
    term_months integer,
    launched_on date,
    known_on date not null,
    source_known_on date not null,
    primary key (product_id, source_known_on)
);

create table landing.branches (
    branch_id varchar(64) not null,
    parent_branch_id varchar(64),
    kind varchar(32),
    name varchar(200),
    region varchar(64),
    known_on date not null,
    source_known_on date not null,
    primary key (branch_id, source_known_on)
);

create table landing.managers (
    manager_id varchar(64) not null,
    branch_id varchar(64),
    name varchar(200),
    grade varchar(32),
    exam_passed_on date,
    joined_on date,
    left_on date,
    known_on date not null,
    source_known_on date not null,
    primary key (manager_id, source_known_on)
);

create table landing.industries (
    industry_code varchar(32) not null,
    name varchar(200),
    name_en varchar(200),
    known_on date not null,
    source_known_on date not null,
    primary key (industry_code, source_known_on)
);

create table landing.calendar (
    day date not null,
    is_business_day boolean not null,
    holiday varchar(200),
    known_on date not null,
    source_known_on date not null,
    primary key (day, source_known_on)
);
