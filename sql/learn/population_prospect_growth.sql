-- One row a customer with features of :as_of: may prospect_growth learn from it, and is it one to score?
-- Scored are prospects: customers and outside firms that are no key account. Key accounts may be learned from. First of all, who stands on the
-- blacklist as told before :as_of is excluded, whatever else is so; then come too little history and no turnover, and in default last: who had
-- a default or an insolvency in the last twelve months, or has a five-class grade of 3 or worse. Nobody should court them, however they grow.
with entries as (
    select
        b.entry_id,
        b.customer_id,
        coalesce(b.lifted_on < cast(:as_of as date), false) as is_lifted,
        row_number() over (partition by b.entry_id order by b.source_known_on desc) as newest
    from valid.blacklist as b
    where b.known_on < cast(:as_of as date)
),

-- as sql/rules/blacklist.sql has it: of the runs that had an entry the one of the latest day speaks, of one day the one that lists
shown as (
    select
        p.entry_id,
        p.customer_id,
        p.state,
        row_number() over (
            partition by p.entry_id
            order by
                p.as_of desc,
                case when p.state = 'listed' then 0 else 1 end asc,
                p.run_id collate "C" desc  -- noqa: references.consistent
        ) as newest
    from crm.blacklist_v1 as p
    where p.as_of <= cast(:as_of as date) and substring(p.run_id, 1, 7) <> 'replay.'
),

-- what such a run had listed and landing no longer gives is still listed, as crm.blacklist says
listed as (
    select e.customer_id
    from entries as e
    where e.newest = 1 and not e.is_lifted
    union
    select s.customer_id
    from shown as s
    where
        s.newest = 1
        and s.state = 'listed'
        and s.entry_id not in (
            select e.entry_id
            from entries as e
        )
)

select
    f.customer_id,
    not k.is_key_account as is_scored_population,
    case
        when b.customer_id is not null then 'excluded'
        when coalesce(f.months_of_history, 0) < 6 then 'withheld'
        when coalesce(f.turnover_mean_12m, 0) <= 0 then 'withheld'
        when coalesce(f.default_count_12m, 0) > 0 or coalesce(f.class5_latest, 1) >= 3 then 'excluded'
        else 'eligible'
    end as status,
    case
        when b.customer_id is not null then 'blacklisted'
        when coalesce(f.months_of_history, 0) < 6 then 'history_under_6_months'
        when coalesce(f.turnover_mean_12m, 0) <= 0 then 'no_turnover_12m'
        when coalesce(f.default_count_12m, 0) > 0 or coalesce(f.class5_latest, 1) >= 3 then 'in_default'
    end as cause
from features.customer_features as f
inner join features.key_accounts as k on f.customer_id = k.customer_id and f.as_of = k.as_of
left join listed as b on f.customer_id = b.customer_id
where f.as_of = cast(:as_of as date)
