-- Row keys of tables whose key has two columns of free text: in the later ones ~ is written ~0 and | is written ~1 (as RFC 6901 escapes), so
-- that only separators follow the first column and no two rows share a key. Other row keys have one such column, before fixed-width dates and
-- integers, and are unique as they are. sql/checks builds the same text. The next validate writes the keys of rows set aside before again.
create or replace view valid.profile_fields as
with set_aside as (
    select
        left(q.row_key, length(q.row_key) - 11) as row_key,
        cast(right(q.row_key, 10) as date) as source_known_on
    from ops.quarantine as q
    where q.table_name = 'profile_fields'
)

select
    t.customer_id,
    t.field_group,
    t.field,
    t.is_filled,
    t.updated_on,
    t.known_on,
    t.source_known_on
from landing.profile_fields as t
where not exists (
    select 1 as found
    from set_aside as a
    where
        a.row_key = t.customer_id
        || '|' || replace(replace(t.field_group, '~', '~0'), '|', '~1')
        || '|' || replace(replace(t.field, '~', '~0'), '|', '~1')
        and a.source_known_on = t.source_known_on
);

create or replace view valid.manager_skills as
with set_aside as (
    select
        left(q.row_key, length(q.row_key) - 11) as row_key,
        cast(right(q.row_key, 10) as date) as source_known_on
    from ops.quarantine as q
    where q.table_name = 'manager_skills'
)

select
    t.manager_id,
    t.skill,
    t.is_held,
    t.attained_on,
    t.known_on,
    t.source_known_on
from landing.manager_skills as t
where not exists (
    select 1 as found
    from set_aside as a
    where
        a.row_key = t.manager_id || '|' || replace(replace(t.skill, '~', '~0'), '|', '~1')
        and a.source_known_on = t.source_known_on
);
