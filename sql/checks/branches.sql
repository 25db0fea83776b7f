-- One row a branch as stated; known before :as_of. Each is_/has_ column is a promise: false where broken, null where it cannot be told.
with known_branches as (
    select distinct k.branch_id as branch_id
    from landing.branches as k
    where k.known_on < cast(:as_of as date)
)

select
    b.branch_id || '|' || cast(b.source_known_on as varchar(10)) as row_key,
    b.known_on as known_on,
    trim(b.branch_id) <> '' as has_branch_id,
    b.kind in ('head_office', 'regional', 'branch', 'sub_branch') as is_kind_known,
    case when b.parent_branch_id is not null then p.branch_id is not null end as is_parent_known,
    b.parent_branch_id <> b.branch_id as is_parent_another
from landing.branches as b
left join known_branches as p on b.parent_branch_id = p.branch_id
where b.known_on < cast(:as_of as date)
