-- one row a month in which transactions became known: its first and last such day, and how many; :known_from <= known_on < :known_before
select
    min(k.known_on) as first_on,
    max(k.known_on) as last_on,
    count(*) as row_count
from (
    select
        t.known_on,
        date_trunc('month', t.known_on) as known_month
    from landing.transactions as t
    where t.known_on >= cast(:known_from as date) and t.known_on < cast(:known_before as date)
) as k
group by k.known_month
order by k.known_month
