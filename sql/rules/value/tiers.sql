-- One row a customer known before :as_of: its tier by assets under management, as last told before :as_of.
-- Assets are deposits and what is held of wealth products, funds and insurance; basis says which of the two the bank tells of. A tier's
-- lower edge belongs to it; below the lowest there is none. Where nothing is told there is no tier and a cause.
with assets as (
    select
        p.customer_id,
        p.as_of,
        case
            when p.deposit_balance is not null and p.holding_value is not null then 'deposits_and_holdings'
            when p.deposit_balance is not null then 'deposits'
            when p.holding_value is not null then 'holdings'
        end as basis,
        case
            when p.deposit_balance is not null or p.holding_value is not null
                then coalesce(p.deposit_balance, 0) + coalesce(p.holding_value, 0)
        end as assets
    from features.customer_positions as p
    where p.as_of = cast(:as_of as date)
)

select
    :run_id as run_id,
    a.customer_id,
    a.as_of,
    cast(a.assets as numeric(18, 2)) as assets,
    a.basis,
    case
        when a.assets >= :black_gold_from then 'black_gold'
        when a.assets >= :diamond_from then 'diamond'
        when a.assets >= :excellent_platinum_from then 'excellent_platinum'
        when a.assets >= :platinum_from then 'platinum'
        when a.assets >= :excellent_gold_from then 'excellent_gold'
        when a.assets >= :gold_from then 'gold'
    end as tier,
    case
        when a.assets is null then 'balances_not_received'
        when a.assets < :gold_from then 'below_lowest_tier'
    end as cause,
    :rule_version as rule_version
from assets as a
