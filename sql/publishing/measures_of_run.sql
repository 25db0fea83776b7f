-- one row a subject and measure of the run :run_id: what the CRM would read of it, in a few numbers, and the rows behind each; as of the run
-- Customers whose branch delivered too little for a score (cause short_...) in this run or in :other_run_id are left out, so that both are of the same
-- customers; the contribution is of all. Scores that are withheld from everybody, as a feed is stale or there is no champion, are no part of the
-- shares: they have a cause of their own.
with short as materialized (
    select distinct s.customer_id
    from crm.scores_v1 as s
    where s.run_id in (:run_id, :other_run_id) and substring(coalesce(s.cause, ''), 1, 6) = 'short_'
),

judged as materialized (
    select
        s.model_name,
        s.status,
        s.score,
        s.band
    from crm.scores_v1 as s
    left join short as x on s.customer_id = x.customer_id
    where
        s.run_id = :run_id
        and x.customer_id is null
        and coalesce(s.cause, '') <> 'no_champion'
        and substring(coalesce(s.cause, ''), 1, 6) <> 'stale_'
),

models as (
    select
        j.model_name,
        count(*) as row_count,
        count(j.score) as scored_count,
        avg(j.score) as mean_score,
        avg(case when j.status = 'scored' then 1.0 else 0.0 end) as scored_share,
        avg(case when j.status = 'withheld' then 1.0 else 0.0 end) as withheld_share,
        avg(case when j.status = 'excluded' then 1.0 else 0.0 end) as excluded_share
    from judged as j
    group by j.model_name
),

letters as materialized (
    select 'A' as band
    union all
    select 'B' as band
    union all
    select 'C' as band
    union all
    select 'D' as band
    union all
    select 'E' as band
),

bands as (
    select
        m.model_name,
        l.band,
        m.scored_count,
        count(j.band) as band_count
    from models as m
    cross join letters as l
    left join judged as j on m.model_name = j.model_name and l.band = j.band
    where m.scored_count > 0
    group by m.model_name, l.band, m.scored_count
),

lists as (
    select 'acquire' as list
    union all
    select 'retain' as list
    union all
    select 'grow' as list
),

classes as materialized (
    select
        count(*) as customer_count,
        count(c.previous_class) as known_before_count,
        avg(case when c.machine_class = 'watch' then 1.0 else 0.0 end) as watch_share,
        avg(case when c.machine_class = 'doubtful' then 1.0 else 0.0 end) as doubtful_share,
        avg(case when c.machine_class = 'exit' then 1.0 else 0.0 end) as exit_share,
        avg(case when c.previous_class is null then null when c.machine_class <> c.previous_class then 1.0 else 0.0 end) as changed_share
    from crm.relationship_classes_v1 as c
    left join short as x on c.customer_id = x.customer_id
    where c.run_id = :run_id and x.customer_id is null
),

alerts as (
    select
        coalesce(sum(case when a.state = 'open' then 1 else 0 end), 0) as open_count,
        coalesce(sum(case when a.raised_on = a.as_of then 1 else 0 end), 0) as new_count
    from crm.alerts_v1 as a
    left join short as x on a.customer_id = x.customer_id
    where a.run_id = :run_id and x.customer_id is null
),

listed as (
    select
        c.list,
        c.customer_id
    from crm.care_lists_v1 as c
    left join short as x on c.customer_id = x.customer_id
    where c.run_id = :run_id and x.customer_id is null
),

accounts as (
    select
        count(*) as customer_count,
        coalesce(sum(case when k.account_class = 'existing' then 1 else 0 end), 0) as key_count
    from crm.key_accounts_v1 as k
    left join short as x on k.customer_id = x.customer_id
    where k.run_id = :run_id and x.customer_id is null
),

measured as (
    select
        m.model_name as subject,
        'customers' as measure,
        cast(m.row_count as double precision) as value,
        m.row_count as sample
    from models as m
    union all
    select
        m.model_name as subject,
        'mean_score' as measure,
        m.mean_score as value,
        m.scored_count as sample
    from models as m
    union all
    select
        m.model_name as subject,
        'scored_share' as measure,
        m.scored_share as value,
        m.row_count as sample
    from models as m
    union all
    select
        m.model_name as subject,
        'withheld_share' as measure,
        m.withheld_share as value,
        m.row_count as sample
    from models as m
    union all
    select
        m.model_name as subject,
        'excluded_share' as measure,
        m.excluded_share as value,
        m.row_count as sample
    from models as m
    union all
    select
        b.model_name as subject,
        'band_' || lower(b.band) || '_share' as measure,
        cast(b.band_count as double precision) / b.scored_count as value,
        b.scored_count as sample
    from bands as b
    union all
    select
        'care_lists' as subject,
        l.list as measure,
        cast(count(c.customer_id) as double precision) as value,
        count(c.customer_id) as sample
    from lists as l
    left join listed as c on l.list = c.list
    group by l.list
    union all
    select
        'relationship_classes' as subject,
        'watch_share' as measure,
        c.watch_share as value,
        c.customer_count as sample
    from classes as c
    union all
    select
        'relationship_classes' as subject,
        'doubtful_share' as measure,
        c.doubtful_share as value,
        c.customer_count as sample
    from classes as c
    union all
    select
        'relationship_classes' as subject,
        'exit_share' as measure,
        c.exit_share as value,
        c.customer_count as sample
    from classes as c
    union all
    select
        'relationship_classes' as subject,
        'changed_share' as measure,
        c.changed_share as value,
        c.known_before_count as sample
    from classes as c
    union all
    select
        'alerts' as subject,
        'new_share' as measure,
        cast(a.new_count as double precision) / nullif(c.customer_count, 0) as value,
        c.customer_count as sample
    from alerts as a
    cross join classes as c
    union all
    select
        'alerts' as subject,
        'open' as measure,
        cast(a.open_count as double precision) as value,
        a.open_count as sample
    from alerts as a
    union all
    select
        'key_accounts' as subject,
        'customers' as measure,
        cast(a.customer_count as double precision) as value,
        a.customer_count as sample
    from accounts as a
    union all
    select
        'key_accounts' as subject,
        'existing' as measure,
        cast(a.key_count as double precision) as value,
        a.key_count as sample
    from accounts as a
    union all
    select
        'contributions' as subject,
        'bank_monthly' as measure,
        cast(c.contribution as double precision) / nullif(c.months_received, 0) as value,
        cast(c.months_received as bigint) as sample
    from crm.contributions_v1 as c
    where c.run_id = :run_id and c.level = 'bank' and c.span_months = 12
)

select
    m.subject as subject,
    m.measure as measure,
    cast(m.value as double precision) as value,
    cast(coalesce(m.sample, 0) as bigint) as sample
from measured as m
where m.value is not null
order by m.subject, m.measure
