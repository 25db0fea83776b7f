-- One row a customer with features of :as_of: may prospect_growth learn from it, and is it one to score?
-- Scored are prospects: customers and outside firms that are no key account. Key accounts may be learned from. First of all, who may not be courted
-- as features.marketing_exclusions of :as_of says is excluded for its cause, whatever else is so; then come too little history and no turnover, and in
-- default last: who had a default or an insolvency in the last twelve months, or has a five-class grade of 3 or worse. Nobody should court them,
-- however they grow.
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
        when b.customer_id is not null then b.cause
        when coalesce(f.months_of_history, 0) < 6 then 'history_under_6_months'
        when coalesce(f.turnover_mean_12m, 0) <= 0 then 'no_turnover_12m'
        when coalesce(f.default_count_12m, 0) > 0 or coalesce(f.class5_latest, 1) >= 3 then 'in_default'
    end as cause
from features.customer_features as f
inner join features.key_accounts as k on f.customer_id = k.customer_id and f.as_of = k.as_of
left join features.marketing_exclusions as b on f.customer_id = b.customer_id and f.as_of = b.as_of
where f.as_of = cast(:as_of as date)
