-- One row a customer known before :as_of: whether it may be courted as of that day, and on what that rests: what it stated (its newest statement
-- known before :as_of), what the rule presumes of its kind where it stated nothing, or nothing where the bank tells no consents at all. Who is
-- barred, and why, is what features.marketing_bars of :as_of says, which the population of growth reads too. Where no consents are told, only who is
-- barred for another cause is known not to be courted; of the others nothing is known.
with known as (
    select distinct c.customer_id
    from valid.customers as c
    where c.known_on < cast(:as_of as date)
),

stated as (
    select
        n.customer_id,
        n.has_marketing_consent,
        n.erasure_asked_on,
        n.stated_on
    from (
        select
            s.customer_id,
            s.has_marketing_consent,
            s.erasure_asked_on,
            s.stated_on,
            row_number() over (partition by s.customer_id order by s.source_known_on desc) as newest
        from valid.consents as s
        where s.known_on < cast(:as_of as date)
    ) as n
    where n.newest = 1
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
    s.has_marketing_consent as has_consent,
    case
        when s.has_marketing_consent is not null then 'stated'
        when t.has_consents then 'presumed'
        else 'not_told'
    end as basis,
    case
        when b.customer_id is not null then false
        when t.has_consents then true
    end as is_marketing_allowed,
    b.cause,
    s.stated_on,
    s.erasure_asked_on,
    :rule_version as rule_version
from known as k
cross join told as t
left join stated as s on k.customer_id = s.customer_id
left join features.marketing_bars as b on k.customer_id = b.customer_id and b.as_of = cast(:as_of as date)
