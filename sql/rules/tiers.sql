-- One row a customer known before :as_of: its tier by assets under management, as last told before :as_of.
-- Assets are deposits and what is held of wealth products, funds and insurance; basis says which of the two the bank tells of. A tier's
-- lower edge belongs to it; below the lowest there is none. Where nothing is told there is no tier and a cause.
with assets as (
    select
        p.customer_id,
        p.as_of,
        case
            when p.deposits_cny is not null and p.holdings_cny is not null then 'deposits_and_holdings'
            when p.deposits_cny is not null then 'deposits'
            when p.holdings_cny is not null then 'holdings'
        end as basis,
        case
            when p.deposits_cny is not null or p.holdings_cny is not null
                then coalesce(p.deposits_cny, 0) + coalesce(p.holdings_cny, 0)
        end as assets_cny
    from features.customer_positions as p
    where p.as_of = cast(:as_of as date)
)

select
    :run_id as run_id,
    a.customer_id,
    a.as_of,
    cast(a.assets_cny as numeric(18, 2)) as assets_cny,
    a.basis,
    case
        when a.assets_cny >= :black_gold_from_cny then 'black_gold'
        when a.assets_cny >= :diamond_from_cny then 'diamond'
        when a.assets_cny >= :excellent_platinum_from_cny then 'excellent_platinum'
        when a.assets_cny >= :platinum_from_cny then 'platinum'
        when a.assets_cny >= :excellent_gold_from_cny then 'excellent_gold'
        when a.assets_cny >= :gold_from_cny then 'gold'
    end as tier,
    case
        when a.assets_cny is null then 'no_balances_told'
        when a.assets_cny < :gold_from_cny then 'below_lowest_tier'
    end as cause,
    :rule_version as rule_version
from assets as a
