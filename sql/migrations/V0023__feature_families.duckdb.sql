-- Features by family, each in a table keyed (customer_id, as_of); their columns are added by the step that writes them, from
-- sql/features/dictionary.csv. features.customer_features becomes a view of the families. What was described before is described again when
-- it is asked for.
drop table features.customer_features;

create table features.customer_profile (
    customer_id varchar(64) not null,
    as_of date not null
);

create table features.customer_flows (
    customer_id varchar(64) not null,
    as_of date not null
);

create table features.customer_partners (
    customer_id varchar(64) not null,
    as_of date not null
);

create table features.customer_events (
    customer_id varchar(64) not null,
    as_of date not null
);

create table features.customer_books (
    customer_id varchar(64) not null,
    as_of date not null
);

-- which families of an as_of are described, and of which customers: those whose md5 is below md5_below ('g': all)
create table features.descriptions (
    as_of date not null,
    family varchar(32) not null,
    md5_below varchar(32) not null
);

create view features.customer_features as
select *
from features.customer_profile
left join features.customer_flows using (customer_id, as_of)
left join features.customer_partners using (customer_id, as_of)
left join features.customer_events using (customer_id, as_of)
left join features.customer_books using (customer_id, as_of)
where
    as_of in (
        select d.as_of
        from features.descriptions as d
        group by d.as_of
        having count(*) = 5
    );

-- of which customers the examples of an as_of were built: those whose md5 is below md5_below ('g': all)
create table learn.example_draws (
    model_name varchar(64) not null,
    label_version varchar(32) not null,
    as_of date not null,
    md5_below varchar(32) not null
);

insert into learn.example_draws
select distinct
    e.model_name,
    e.label_version,
    e.as_of,
    'g' as md5_below
from learn.examples as e;
