-- One row a manager as stated; known before :as_of. Each is_/has_ column is a promise: false where broken, null where it cannot be told.
with known_branches as (
    select distinct k.branch_id as branch_id
    from landing.branches as k
    where k.known_on < cast(:as_of as date)
)

select
    m.manager_id || '|' || cast(m.source_known_on as varchar(10)) as row_key,
    m.known_on as known_on,
    trim(m.manager_id) <> '' as has_manager_id,
    m.joined_on <= m.source_known_on as is_joined_when_known,
    m.exam_passed_on <= m.source_known_on as is_exam_passed_when_known,
    m.left_on >= m.joined_on as is_left_after_joining,
    case
        when m.branch_id is not null and exists (select 1 as found from known_branches) then b.branch_id is not null
    end as is_branch_known
from landing.managers as m
left join known_branches as b on m.branch_id = b.branch_id
where m.known_on < cast(:as_of as date)
