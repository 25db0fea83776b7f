-- One row a manager whom the register or a row of skills names before :as_of, and who is in service that day: has come, if it is told when, and has
-- not left. What the newest row of each skill says holds, from the day on which the skill is attained. Of a skill that no row tells of nobody
-- knows whether it is held: its flag is null, and cause says so. skills names those told to be held, in the order of the columns; with
-- skill_count 0 it is null, as none is held. All-round is who holds corporate and retail (crm.manager_grades_v1 of the run tells the grade).
with registered as (
    select
        n.manager_id,
        n.branch_id,
        n.joined_on,
        n.left_on
    from current.managers(:as_of) as n
),

told as (
    select
        n.manager_id,
        n.skill,
        case when n.is_held and (n.attained_on is null or n.attained_on < cast(:as_of as date)) then 1 else 0 end as held
    from current.manager_skills(:as_of) as n
),

skills_of_manager as (
    select
        t.manager_id,
        count(*) as received_count,
        sum(t.held) as held_count,
        max(case when t.skill = 'corporate' then t.held end) as corporate,
        max(case when t.skill = 'retail' then t.held end) as retail,
        max(case when t.skill = 'credit' then t.held end) as credit,
        max(case when t.skill = 'wealth' then t.held end) as wealth,
        max(case when t.skill = 'settlement' then t.held end) as settlement
    from told as t
    group by t.manager_id
),

in_service as (
    select
        coalesce(r.manager_id, s.manager_id) as manager_id,
        r.manager_id is not null as is_registered,
        r.branch_id,
        coalesce(s.received_count, 0) as received_count,
        s.held_count,
        s.corporate,
        s.retail,
        s.credit,
        s.wealth,
        s.settlement
    from registered as r
    full outer join skills_of_manager as s on r.manager_id = s.manager_id
    where
        (r.joined_on is null or r.joined_on < cast(:as_of as date))
        and (r.left_on is null or r.left_on >= cast(:as_of as date))
)

select
    :run_id as run_id,
    i.manager_id,
    cast(:as_of as date) as as_of,
    i.branch_id,
    g.grade,
    nullif(
        ltrim(
            case when i.corporate = 1 then ',corporate' else '' end
            || case when i.retail = 1 then ',retail' else '' end
            || case when i.credit = 1 then ',credit' else '' end
            || case when i.wealth = 1 then ',wealth' else '' end
            || case when i.settlement = 1 then ',settlement' else '' end,
            ','
        ),
        ''
    ) as skills,
    cast(case when i.received_count = 5 then i.held_count end as integer) as skill_count,
    i.corporate = 1 as is_corporate,
    i.retail = 1 as is_retail,
    i.credit = 1 as is_credit,
    i.wealth = 1 as is_wealth,
    i.settlement = 1 as is_settlement,
    i.corporate = 1 and i.retail = 1 as is_all_round,
    case
        when not i.is_registered then 'not_in_register'
        when i.received_count = 0 then 'skills_unknown'
        when i.received_count < 5 then 'some_skills_unknown'
    end as cause,
    :rule_version as rule_version
from in_service as i
left join crm.manager_grades_v1 as g on i.manager_id = g.manager_id and g.run_id = :run_id
