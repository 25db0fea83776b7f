-- one row a customer that :model_name speaks of in the run :run_id: its status as its population words it, and the cause; as of now
-- Who is withheld as a feed is stale, or as the model has no champion, is left out: that is said of everybody,
-- whatever the population says of one. So is who is withheld as the delivery of its branch was short, which no population knows.
select
    s.customer_id as customer_id,
    case when s.status = 'scored' then 'eligible' else s.status end as status,
    s.cause as cause
from crm.scores_v1 as s
where
    s.run_id = :run_id
    and s.model_name = :model_name
    and coalesce(s.cause, '') <> 'no_champion'
    and substring(coalesce(s.cause, ''), 1, 6) not in ('stale_', 'short_')
