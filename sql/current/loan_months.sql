-- one row a loan and month, after :after_month to :last_month: of its valid rows known before :as_of the one with the latest source_known_on; as of :as_of
select
    n.loan_id,
    n.customer_id,
    n.month,
    n.outstanding_amount,
    n.overdue_amount,
    n.written_off_amount,
    n.days_past_due,
    n.class5,
    n.known_on,
    n.source_known_on
from (
    select
        v.*,
        row_number() over (partition by v.loan_id, v.month order by v.source_known_on desc) as newest
    from valid.loan_months as v
    where
        v.known_on < cast(:as_of as date)
        and v.month > cast(:after_month as date)
        and v.month <= cast(:last_month as date)
) as n
where n.newest = 1
