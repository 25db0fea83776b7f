-- One row a tier that had customers in the run published before :as_of: how many of them have left it since. Left is who is lost by
-- crm.lifecycle, else who stands in a lower tier or none now; who rose has not left. Whose tier the bank no longer tells, and who is not
-- lost, is unknown: neither kept nor left, and not in the share. Without a run before there is no row.
with ranked as (
    select
        t.run_id,
        t.customer_id,
        t.tier,
        coalesce(t.cause = 'balances_not_received', false) as is_unknown,
        case t.tier
            when 'gold' then 1
            when 'excellent_gold' then 2
            when 'platinum' then 3
            when 'excellent_platinum' then 4
            when 'diamond' then 5
            when 'black_gold' then 6
            else 0
        end as height
    from crm.tiers_v1 as t
    where t.run_id in (:run_id, cast(:previous_run_id as varchar(64)))
),

compared as (
    select
        b.tier,
        coalesce(l.stage = 'lost', false) as is_lost,
        coalesce(n.is_unknown, true) as is_unknown,
        coalesce(n.height < b.height, false) as is_lower
    from ranked as b
    left join ranked as n on b.customer_id = n.customer_id and n.run_id = :run_id
    left join crm.lifecycle_v1 as l on b.customer_id = l.customer_id and l.run_id = :run_id
    where b.run_id = cast(:previous_run_id as varchar(64)) and b.tier is not null
),

counted as (
    select
        c.tier,
        count(*) as customer_count,
        sum(case when c.is_lost then 1 else 0 end) as lost_count,
        sum(case when not c.is_lost and not c.is_unknown and c.is_lower then 1 else 0 end) as lower_count,
        sum(case when not c.is_lost and c.is_unknown then 1 else 0 end) as unknown_count
    from compared as c
    group by c.tier
)

select
    :run_id as run_id,
    cast(:as_of as date) as as_of,
    c.tier,
    cast(c.customer_count as integer) as customer_count,
    cast(c.lost_count as integer) as lost_count,
    cast(c.lower_count as integer) as lower_count,
    cast(c.unknown_count as integer) as unknown_count,
    cast(c.lost_count + c.lower_count as integer) as left_count,
    cast(c.lost_count + c.lower_count as double precision)
    / nullif(cast(c.customer_count - c.unknown_count as double precision), 0) as left_share,
    cast(:previous_run_id as varchar(64)) as previous_run_id,
    :rule_version as rule_version
from counted as c
