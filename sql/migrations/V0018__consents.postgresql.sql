-- Consent: what each customer has stated of being courted, so that who has not consented is left out of marketing and of nothing else.
create table landing.consents (
    customer_id varchar(64) not null,
    has_marketing_consent boolean,
    erasure_asked_on date,
    stated_on date not null,
    known_on date not null,
    source_known_on date not null,
    primary key (customer_id, source_known_on)
);

create view valid.consents as
with set_aside as (
    select
        left(q.row_key, length(q.row_key) - 11) as customer_id,
        cast(right(q.row_key, 10) as date) as source_known_on
    from ops.quarantine as q
    where q.table_name = 'consents'
)

select
    t.customer_id,
    t.has_marketing_consent,
    t.erasure_asked_on,
    t.stated_on,
    t.known_on,
    t.source_known_on
from landing.consents as t
where not exists (
    select 1 as found
    from set_aside as a
    where
        a.customer_id = t.customer_id
        and a.source_known_on = t.source_known_on
);
