-- one row a branch and month; known in [:known_from, :known_before)
select
    l.branch_id as branch_id,
    l.month as month,
    l.written_off_amount as written_off_amount,
    cast(l.known_on as date) as known_on
from ledger_write_offs as l
where
    cast(l.known_on as date) >= cast(:known_from as date)
    and cast(l.known_on as date) < cast(:known_before as date)
