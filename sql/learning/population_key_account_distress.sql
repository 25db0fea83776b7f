-- One row a customer with features of :as_of: may key_account_distress learn from it, and is it one to score?
-- Scored are key accounts; all others may be learned from. Already in distress is who shows now what the label foresees: three months
-- under 0.3 of the twelve-month mean, arrears of 30 days in three months, a default or insolvency in twelve, a grade of 3 or worse.
with checked as (
    select
        f.customer_id,
        k.is_key_account,
        coalesce(f.months_of_history, 0) < 6 as is_young,
        coalesce(f.turnover_mean_12m, 0) <= 0 as is_silent,
        f.turnover_mean_3m < 0.3 * f.turnover_mean_12m
        or coalesce(f.arrears_days_3m, 0) >= 30
        or coalesce(f.default_count_12m, 0) > 0
        or coalesce(f.class5_latest, 1) >= 3 as is_distressed
    from features.customer_features as f
    inner join features.key_accounts as k on f.customer_id = k.customer_id and f.as_of = k.as_of
    where f.as_of = cast(:as_of as date)
)

select
    c.customer_id,
    c.is_key_account as is_scored_population,
    case
        when c.is_young or c.is_silent then 'withheld'
        when c.is_distressed then 'excluded'
        else 'eligible'
    end as status,
    case
        when c.is_young then 'history_under_6_months'
        when c.is_silent then 'no_turnover_12m'
        when c.is_distressed then 'already_in_distress'
    end as cause
from checked as c
