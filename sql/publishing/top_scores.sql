-- one row a model, customer and reason of the :count highest ranks of the run that the CRM reads; as of that run,
-- with the name that its source stated last
with named as (
    select
        c.customer_id,
        c.name,
        row_number() over (partition by c.customer_id order by c.source_known_on desc) as newest
    from landing.customers as c
    inner join ops.current_run as p on c.known_on < p.as_of
    where
        not exists (
            select 1 as found
            from ops.quarantine as q
            where
                q.table_name = 'customers'
                and q.row_key = c.customer_id || '|' || cast(c.source_known_on as varchar(10))
        )
)

select
    s.model_name as model_name,
    s.rank as rank,
    s.customer_id as customer_id,
    n.name as name,
    s.score as score,
    s.band as band,
    s.trend as trend,
    r.place as place,
    r.text_en as text_en,
    r.text_zh as text_zh
from crm.scores as s
inner join crm.reasons as r on s.model_name = r.model_name and s.customer_id = r.customer_id
left join named as n on s.customer_id = n.customer_id and n.newest = 1
where s.status = 'scored' and s.rank <= :count and r.place <= 3
order by s.model_name collate "C", s.rank, s.customer_id collate "C", r.place
