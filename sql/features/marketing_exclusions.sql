-- One row a customer known before :as_of who may not be courted as of that day, with the first cause that holds: it stands on the blacklist, it has
-- asked for erasure, it has refused, or it has said nothing of it and the rule presumes no consent of its kind (:is_presumed_of_persons,
-- :is_presumed_of_companies). Of several statements the newest known before :as_of that says yes or no speaks. Where the bank tells no consents
-- at all, nobody is barred for want of one; a row in quarantine is still a sign that it does. Who is barred is left out of marketing, and of no duty of risk.
with known as (
    select
        n.customer_id,
        n.kind
    from current.customers(:as_of) as n
),

entries as (
    select
        b.entry_id,
        b.customer_id,
        coalesce(b.lifted_on < cast(:as_of as date), false) as is_lifted
    from current.blacklist(:as_of) as b
),

-- as sql/rules/relationship/blacklist.sql has it: of the runs that had an entry the one of the latest day speaks, of one day the one that lists
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
    where not e.is_lifted
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
),

-- a row that says nothing of one of the two takes nothing back; a later yes that asks no erasure ends an erasure asked before
stated as (
    select
        n.customer_id,
        max(case when n.place = 1 then n.consent end) as consent,
        max(n.erasure_requested_on) as erasure_requested_on,
        max(case when n.erasure_requested_on is not null then n.source_known_on end) as erasure_known_on,
        max(case when n.consent = 1 and n.erasure_requested_on is null then n.source_known_on end) as yes_known_on
    from (
        select
            s.customer_id,
            case when s.has_marketing_consent then 1 when not s.has_marketing_consent then 0 end as consent,
            s.erasure_requested_on,
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
),

judged as (
    select
        k.customer_id,
        case
            when b.customer_id is not null then 'blacklisted'
            when s.erasure_requested_on is not null and (s.yes_known_on is null or s.yes_known_on <= s.erasure_known_on) then 'erasure_requested'
            when s.consent = 0 then 'consent_refused'
            when s.consent = 1 or not t.has_consents then null
            when k.kind = 'company' and :is_presumed_of_companies then null
            when k.kind <> 'company' and :is_presumed_of_persons then null
            else 'no_consent'
        end as cause
    from known as k
    cross join told as t
    left join listed as b on k.customer_id = b.customer_id
    left join stated as s on k.customer_id = s.customer_id
)

select
    j.customer_id,
    cast(:as_of as date) as as_of,
    j.cause
from judged as j
where j.cause is not null
