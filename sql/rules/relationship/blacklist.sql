-- One row an entry of the blacklist told before :as_of: listed, or lifted since a day before :as_of, as its row stated last says. An entry that
-- another run of this day or of an earlier one had and that landing no longer gives (its rows were set aside, say) stays as it was there, with the
-- cause 'no_longer_received': nobody leaves the list silently. Of several such runs the one of the latest day speaks, of one day the one that lists.
-- Runs named replay. are none of them: `kcrm lead-time` plays them and forgets them.
with told as (
    select
        n.entry_id,
        n.customer_id,
        n.listed_on,
        n.lifted_on,
        n.list_source,
        n.reason
    from current.blacklist(:as_of) as n
),

shown as (
    select
        n.entry_id,
        n.customer_id,
        n.state,
        n.listed_on,
        n.lifted_on,
        n.list_source,
        n.reason
    from (
        select
            p.entry_id,
            p.customer_id,
            p.state,
            p.listed_on,
            p.lifted_on,
            p.list_source,
            p.reason,
            row_number() over (
                partition by p.entry_id
                order by
                    p.as_of desc,
                    case when p.state = 'listed' then 0 else 1 end asc,
                    p.run_id collate "C" desc  -- noqa: references.consistent
            ) as newest
        from crm.blacklist_v1 as p
        where p.as_of <= cast(:as_of as date) and p.run_id <> :run_id and substring(p.run_id, 1, 7) <> 'replay.'
    ) as n
    where n.newest = 1
),

entries as (
    select
        coalesce(t.entry_id, p.entry_id) as entry_id,
        coalesce(t.customer_id, p.customer_id) as customer_id,
        case
            when t.entry_id is null then p.state
            when t.lifted_on < cast(:as_of as date) then 'lifted'
            else 'listed'
        end as state,
        case when t.entry_id is null then p.listed_on else t.listed_on end as listed_on,
        case when t.entry_id is null then p.lifted_on else t.lifted_on end as lifted_on,
        case when t.entry_id is null then p.list_source else t.list_source end as list_source,
        case when t.entry_id is null then p.reason else t.reason end as reason,
        case when t.entry_id is null then 'no_longer_received' end as cause
    from told as t
    full outer join shown as p on t.entry_id = p.entry_id
)

select
    :run_id as run_id,
    e.entry_id,
    e.customer_id,
    cast(:as_of as date) as as_of,
    e.state,
    e.listed_on,
    e.lifted_on,
    e.list_source,
    e.reason,
    e.cause,
    :rule_version as rule_version
from entries as e
