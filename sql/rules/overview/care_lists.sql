-- One row a customer who is on a list, as crm.customer_cards_v1 of the run says of it before :as_of: whom to acquire, whom to retain, whom to grow.
-- Nobody is on two lists: the first of these tests that holds gives list and reason. Who is blacklisted (crm.marketing_consents_v1 of the run) is on
-- none. Nobody is acquired or grown who is in danger, or doubtful, or for whom growth does not arise (in default), or who may not be courted; such a
-- one may still be kept, as to look after who is here is no marketing, and risk does not ask for leave. Nobody whom the bank leaves or has lost
-- is on any list. Kept and grown is only who brings something (value_12m above zero), so a bank that knows no value has only the list of whom
-- to acquire. place is the order within a list: by value (unknown last), then by the revenue of the last yearly report, as who is outside
-- brings nothing yet, then by customer_id.
with judged as (
    select
        k.customer_id,
        k.branch_id,
        k.manager_id,
        k.value_12m,
        p.report_revenue,
        case
            when k.relationship_class = 'exit' or m.cause = 'blacklisted' then null
            when k.relation = 'outside' or k.stage = 'prospect'
                then
                    case
                        when k.account_class <> 'potential' or k.growth_status = 'excluded' then null
                        when not coalesce(k.is_marketing_allowed, true) then null
                        when k.is_in_danger or k.relationship_class = 'doubtful' then null
                        when k.is_growing then 'growing_prospect'
                        else 'prospect'
                    end
            when k.stage = 'lost' or coalesce(k.value_12m, 0) <= 0 then null
            when k.is_conflict then 'conflict'
            when k.is_in_danger then 'in_danger'
            when k.relationship_class = 'doubtful' then 'doubtful'
            when k.stage = 'fading' then 'fading'
            when k.growth_status = 'excluded' then null
            when k.is_growing and coalesce(k.is_marketing_allowed, true) then 'growing'
            when k.stage = 'new' and coalesce(k.is_marketing_allowed, true) then 'new'
            when k.account_class = 'existing' then 'key_account'
        end as reason
    from crm.customer_cards_v1 as k
    left join crm.marketing_consents_v1 as m on k.customer_id = m.customer_id and m.run_id = :run_id
    left join features.customer_positions as p on k.customer_id = p.customer_id and p.as_of = cast(:as_of as date)
    where k.run_id = :run_id
),

listed as (
    select
        j.customer_id,
        j.branch_id,
        j.manager_id,
        j.value_12m,
        j.report_revenue,
        j.reason,
        case
            when j.reason in ('growing_prospect', 'prospect') then 'acquire'
            when j.reason in ('growing', 'new') then 'grow'
            else 'retain'
        end as list
    from judged as j
    where j.reason is not null
)

select
    :run_id as run_id,
    v.customer_id,
    cast(:as_of as date) as as_of,
    v.list,
    v.reason,
    cast(
        row_number() over (
            partition by v.list
            order by
                case when v.value_12m is null then 1 else 0 end asc,
                v.value_12m desc,
                case when v.report_revenue is null then 1 else 0 end asc,
                v.report_revenue desc,
                v.customer_id collate "C" asc  -- noqa: references.consistent
        ) as integer
    ) as place,
    v.value_12m,
    v.branch_id,
    v.manager_id,
    :rule_version as rule_version
from listed as v
