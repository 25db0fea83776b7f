-- One row a customer known before :as_of: whether it may be courted as of that day, and on what that rests: what it stated (the newest
-- yes or no known before :as_of), what the rule presumes of its kind where it stated nothing, or nothing where the bank tells no consents at all. Who is
-- barred, and why, is what features.marketing_exclusions of :as_of says, which the population of growth reads too. Where no consents are told, only who is
-- barred for another cause is known not to be courted; of the others nothing is known.
with known as (
    select distinct c.customer_id
    from valid.customers as c
    where c.known_on < cast(:as_of as date)
),

-- a row that says nothing of one of the two takes nothing back; a later yes that asks no erasure ends an erasure asked before
stated as (
    select
        n.customer_id,
        max(case when n.place = 1 then n.consent end) as consent,
        max(case when n.place = 1 then n.stated_on end) as stated_on,
        max(n.erasure_requested_on) as erasure_requested_on,
        max(case when n.erasure_requested_on is not null then n.source_known_on end) as erasure_known_on,
        max(case when n.consent = 1 and n.erasure_requested_on is null then n.source_known_on end) as yes_known_on
    from (
        select
            s.customer_id,
            case when s.has_marketing_consent then 1 when not s.has_marketing_consent then 0 end as consent,
            s.erasure_requested_on,
            s.stated_on,
            s.source_known_on,
            row_number() over (
                partition by s.customer_id
                order by case when s.has_marketing_consent is null then 1 else 0 end asc, s.source_known_on desc
            ) as place
        from valid.consents as s
        where s.known_on < cast(:as_of as date)
    ) as n
    group by n.customer_id
),

told as materialized (
    select count(*) > 0 as has_consents
    from landing.consents as t
    where t.known_on < cast(:as_of as date)
)

select
    :run_id as run_id,
    k.customer_id,
    cast(:as_of as date) as as_of,
    s.consent = 1 as has_consent,
    case
        when s.consent is not null then 'stated'
        when t.has_consents then 'presumed'
        else 'not_received'
    end as basis,
    case
        when b.customer_id is not null then false
        when t.has_consents then true
    end as is_marketing_allowed,
    b.cause,
    s.stated_on,
    case when s.yes_known_on is null or s.yes_known_on <= s.erasure_known_on then s.erasure_requested_on end as erasure_requested_on,
    :rule_version as rule_version
from known as k
cross join told as t
left join stated as s on k.customer_id = s.customer_id
left join features.marketing_exclusions as b on k.customer_id = b.customer_id and b.as_of = cast(:as_of as date)
