-- One row a manager and skill as stated; known before :as_of. Each is_/has_ column is a promise: false where broken, null where it cannot be told.
with known_managers as (
    select distinct k.manager_id as manager_id
    from landing.managers as k
    where k.known_on < cast(:as_of as date)
)

select
    s.manager_id
    || '|' || replace(replace(s.skill, '~', '~0'), '|', '~1')
    || '|' || cast(s.source_known_on as varchar(10)) as row_key,
    s.known_on as known_on,
    trim(s.manager_id) <> '' as has_manager_id,
    s.skill in ('corporate', 'retail', 'credit', 'wealth', 'settlement') as is_skill_known,
    s.attained_on <= s.source_known_on as is_attained_when_known,
    case
        when trim(s.manager_id) <> '' and exists (select 1 as found from known_managers) then m.manager_id is not null
    end as is_manager_known
from landing.manager_skills as s
left join known_managers as m on s.manager_id = m.manager_id
where s.known_on < cast(:as_of as date)
