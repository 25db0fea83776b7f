-- One row a customer known before :as_of: by what it is told apart from others, of the last twelve months and as last told before :as_of.
-- Eligible is who has a relation and turnover in twelve months; the others have a cause and are in no segment. Null: the bank tells nothing
-- of that kind. loans_ratio is loans to turnover of twelve months, contribution_mean a month's mean over the last twelve of the books.
with known as (
    select
        n.customer_id,
        n.relation
    from current.customers(:as_of) as n
),

described as (
    select
        k.customer_id,
        k.relation,
        coalesce(l.turnover_6m, 0) + coalesce(l.turnover_before_6m, 0) as turnover_12m,
        case
            when p.deposit_balance is not null or p.holding_value is not null
                then coalesce(p.deposit_balance, 0) + coalesce(p.holding_value, 0)
        end as assets,
        p.loan_balance,
        p.product_count,
        (extract(year from cast(:as_of as date)) - extract(year from l.joined_on)) * 12
        + extract(month from cast(:as_of as date)) - extract(month from l.joined_on) as months_with_bank,
        p.contribution_12m
    from known as k
    left join crm.lifecycle_v1 as l on k.customer_id = l.customer_id and l.run_id = :run_id
    left join features.customer_positions as p on k.customer_id = p.customer_id and p.as_of = cast(:as_of as date)
)

select
    :run_id as run_id,
    d.customer_id,
    cast(:as_of as date) as as_of,
    case
        when d.relation <> 'customer' then 'outside'
        when d.turnover_12m <= 0 then 'no_turnover'
    end as cause,
    cast(d.turnover_12m as double precision) as turnover_12m,
    cast(d.assets as double precision) as assets,
    case
        when d.turnover_12m > 0
            then cast(d.loan_balance as double precision) / nullif(cast(d.turnover_12m as double precision), 0)
    end as loans_ratio,
    cast(d.product_count as double precision) as product_count,
    cast(d.months_with_bank as double precision) as months_with_bank,
    cast(d.contribution_12m as double precision) / 12 as contribution_mean,
    :rule_version as rule_version
from described as d
