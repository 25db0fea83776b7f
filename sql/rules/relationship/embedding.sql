-- One row a customer with a relation known before :as_of: what binds it to the bank, and what is missing.
-- embedding_index = sum of the weights of the offered kinds that it holds / sum of the weights of the offered kinds, so 0 to 1; a kind is
-- offered to persons or companies when :offered_from_customers of them hold it, and one more kind never lowers the index: it adds its weight
-- above, and below at most the same. Gaps are the offered kinds that it does not hold; both texts keep the order of the kinds below.
-- Null, with a cause: the bank tells no accounts, no products, or has too few holders of any kind. has_ebank is null
-- where the bank tells of no e-banking product.
with told as materialized (
    select
        (
            select max(a.known_on)
            from landing.accounts as a
            where a.known_on < cast(:as_of as date)
        ) is not null as has_accounts
),

known as (
    select
        n.customer_id,
        n.kind
    from current.customers(:as_of) as n
    where n.relation = 'customer'
),

product_kinds as (
    select
        n.product_id,
        n.kind,
        n.kind = 'service'
        and (strpos(lower(coalesce(n.name_en, '')), lower(:ebank_word)) > 0 or strpos(coalesce(n.name, ''), :ebank_word_zh) > 0) as is_ebank
    from current.products(:as_of) as n
),

products_received as materialized (
    select
        count(k.product_id) > 0 as has_products,
        coalesce(max(case when k.is_ebank then 1 else 0 end), 0) = 1 as has_ebank_product
    from product_kinds as k
),

held as (
    select
        p.customer_id,
        sum(case when p.product_id <> 'unknown' then 1 else 0 end) as product_count,
        max(case when k.kind = 'deposit' then 1 else 0 end) as has_deposit,
        max(case when k.kind = 'loan' then 1 else 0 end) as has_loan,
        max(case when k.kind = 'overdraft' then 1 else 0 end) as has_overdraft,
        max(case when k.kind = 'card' then 1 else 0 end) as has_card,
        max(case when k.kind = 'wealth' then 1 else 0 end) as has_wealth,
        max(case when k.kind = 'fund' then 1 else 0 end) as has_fund,
        max(case when k.kind = 'insurance' then 1 else 0 end) as has_insurance,
        max(case when k.kind = 'service' then 1 else 0 end) as has_service,
        max(case when k.is_ebank then 1 else 0 end) as has_ebank
    from crm.product_positions_v1 as p
    left join product_kinds as k on p.product_id = k.product_id
    where p.run_id = :run_id
    group by p.customer_id
),

offered as (
    select
        c.kind,
        case when sum(h.has_deposit) >= :offered_from_customers then :deposit_weight else 0 end as deposit_weight,
        case when sum(h.has_loan) >= :offered_from_customers then :loan_weight else 0 end as loan_weight,
        case when sum(h.has_overdraft) >= :offered_from_customers then :overdraft_weight else 0 end as overdraft_weight,
        case when sum(h.has_card) >= :offered_from_customers then :card_weight else 0 end as card_weight,
        case when sum(h.has_wealth) >= :offered_from_customers then :wealth_weight else 0 end as wealth_weight,
        case when sum(h.has_fund) >= :offered_from_customers then :fund_weight else 0 end as fund_weight,
        case when sum(h.has_insurance) >= :offered_from_customers then :insurance_weight else 0 end as insurance_weight,
        case when sum(h.has_service) >= :offered_from_customers then :service_weight else 0 end as service_weight
    from known as c
    inner join held as h on c.customer_id = h.customer_id
    group by c.kind
),

described as (
    select
        c.customer_id,
        coalesce(h.product_count, 0) as product_count,
        coalesce(h.has_ebank, 0) as has_ebank,
        coalesce(h.has_deposit, 0) as has_deposit,
        coalesce(h.has_loan, 0) as has_loan,
        coalesce(h.has_overdraft, 0) as has_overdraft,
        coalesce(h.has_card, 0) as has_card,
        coalesce(h.has_wealth, 0) as has_wealth,
        coalesce(h.has_fund, 0) as has_fund,
        coalesce(h.has_insurance, 0) as has_insurance,
        coalesce(h.has_service, 0) as has_service,
        case when h.has_deposit = 1 then 0 else coalesce(o.deposit_weight, 0) end as deposit_gap,
        case when h.has_loan = 1 then 0 else coalesce(o.loan_weight, 0) end as loan_gap,
        case when h.has_overdraft = 1 then 0 else coalesce(o.overdraft_weight, 0) end as overdraft_gap,
        case when h.has_card = 1 then 0 else coalesce(o.card_weight, 0) end as card_gap,
        case when h.has_wealth = 1 then 0 else coalesce(o.wealth_weight, 0) end as wealth_gap,
        case when h.has_fund = 1 then 0 else coalesce(o.fund_weight, 0) end as fund_gap,
        case when h.has_insurance = 1 then 0 else coalesce(o.insurance_weight, 0) end as insurance_gap,
        case when h.has_service = 1 then 0 else coalesce(o.service_weight, 0) end as service_gap,
        coalesce(o.deposit_weight, 0) + coalesce(o.loan_weight, 0) + coalesce(o.overdraft_weight, 0)
        + coalesce(o.card_weight, 0) + coalesce(o.wealth_weight, 0)
        + coalesce(o.fund_weight, 0) + coalesce(o.insurance_weight, 0) + coalesce(o.service_weight, 0) as offered_weight
    from known as c
    left join held as h on c.customer_id = h.customer_id
    left join offered as o on c.kind = o.kind
),

judged as (
    select
        d.customer_id,
        d.product_count,
        d.has_ebank,
        d.has_deposit + d.has_loan + d.has_overdraft + d.has_card + d.has_wealth + d.has_fund + d.has_insurance + d.has_service as kind_count,
        nullif(
            ltrim(
                case when d.has_deposit = 1 then ',deposit' else '' end
                || case when d.has_loan = 1 then ',loan' else '' end
                || case when d.has_overdraft = 1 then ',overdraft' else '' end
                || case when d.has_card = 1 then ',card' else '' end
                || case when d.has_wealth = 1 then ',wealth' else '' end
                || case when d.has_fund = 1 then ',fund' else '' end
                || case when d.has_insurance = 1 then ',insurance' else '' end
                || case when d.has_service = 1 then ',service' else '' end,
                ','
            ),
            ''
        ) as kinds,
        nullif(
            ltrim(
                case when d.deposit_gap > 0 then ',deposit' else '' end
                || case when d.loan_gap > 0 then ',loan' else '' end
                || case when d.overdraft_gap > 0 then ',overdraft' else '' end
                || case when d.card_gap > 0 then ',card' else '' end
                || case when d.wealth_gap > 0 then ',wealth' else '' end
                || case when d.fund_gap > 0 then ',fund' else '' end
                || case when d.insurance_gap > 0 then ',insurance' else '' end
                || case when d.service_gap > 0 then ',service' else '' end,
                ','
            ),
            ''
        ) as gaps,
        case when d.deposit_gap > 0 then 1 else 0 end
        + case when d.loan_gap > 0 then 1 else 0 end
        + case when d.overdraft_gap > 0 then 1 else 0 end
        + case when d.card_gap > 0 then 1 else 0 end
        + case when d.wealth_gap > 0 then 1 else 0 end
        + case when d.fund_gap > 0 then 1 else 0 end
        + case when d.insurance_gap > 0 then 1 else 0 end
        + case when d.service_gap > 0 then 1 else 0 end as gap_count,
        d.offered_weight,
        d.offered_weight
        - (
            d.deposit_gap + d.loan_gap + d.overdraft_gap + d.card_gap + d.wealth_gap + d.fund_gap + d.insurance_gap + d.service_gap
        ) as held_weight,
        case
            when not t.has_accounts then 'accounts_not_received'
            when not p.has_products then 'products_not_received'
            when d.offered_weight = 0 then 'too_few_holders'
        end as cause,
        t.has_accounts,
        t.has_accounts and p.has_products as has_kinds,
        t.has_accounts and p.has_ebank_product as has_ebank_product
    from described as d
    cross join told as t
    cross join products_received as p
)

select
    :run_id as run_id,
    j.customer_id,
    cast(:as_of as date) as as_of,
    cast(case when j.has_accounts then j.product_count end as integer) as product_count,
    case when j.has_kinds then j.kinds end as kinds,
    cast(case when j.has_kinds then j.kind_count end as integer) as kind_count,
    case
        when j.cause is null then cast(j.held_weight as double precision) / cast(nullif(j.offered_weight, 0) as double precision)
    end as embedding_index,
    case when j.cause is null then j.gaps end as gaps,
    cast(case when j.cause is null then j.gap_count end as integer) as gap_count,
    case when j.has_ebank_product then j.has_ebank = 1 end as has_ebank,
    j.cause,
    :rule_version as rule_version
from judged as j
