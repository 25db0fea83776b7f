-- One row a transaction of a known customer, known before :as_of, the quarantined ones left out: what the rivals outside the
-- warehouse begin with
select
    t.customer_id,
    t.counterparty_id,
    t.kind,
    t.is_void,
    t.booked_on,
    t.known_on,
    cast(t.amount as double precision) as amount
from landing.transactions as t
where
    t.known_on < cast(:as_of as date)
    and t.customer_id in (
        select c.customer_id
        from landing.customers as c
        where c.known_on < cast(:as_of as date)
    )
    and not exists (
        select 1 as found
        from ops.quarantine as q
        where
            q.table_name = 'transactions'
            and q.row_key = t.transaction_id || '|' || cast(t.source_known_on as varchar(10))
    )
