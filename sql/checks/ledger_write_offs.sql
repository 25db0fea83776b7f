-- One row a branch and month as stated; known before :as_of. Each is_/has_ column is a promise: false where broken, null where it cannot be told.
with known_branches as (
    select distinct k.branch_id as branch_id
    from landing.branches as k
    where k.known_on < cast(:as_of as date)
)

select
    l.branch_id || '|' || cast(l.month as varchar(10)) || '|' || cast(l.source_known_on as varchar(10)) as row_key,
    l.known_on as known_on,
    trim(l.branch_id) <> '' as has_branch_id,
    extract(day from l.month) = 1 as is_month_a_first_day,
    l.source_known_on >= cast(l.month + interval '1' month as date) - 1 as is_month_over_when_known,
    l.month >= date '1990-01-01' as is_month_since_1990,
    l.written_off_amount >= 0 as has_no_negative_amount,
    case
        when trim(l.branch_id) <> '' and exists (select 1 as found from known_branches) then b.branch_id is not null
    end as is_branch_known
from landing.ledger_write_offs as l
left join known_branches as b on l.branch_id = b.branch_id
where l.known_on < cast(:as_of as date)
