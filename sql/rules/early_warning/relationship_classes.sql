-- One row a customer known before :as_of: its class that day, from its class in :previous_run_id (normal for who was not in it) by the line of
-- crm.class_transitions that decides: the worst class that any evidence asks for, else one step up, else what holds it where it is. No line that
-- leads above floor_class is met, and with :uses_score false no score counts.
-- A period is one run. Clean is a period without evidence as bad as the class, with a score under :clear_ratio of the edge of the class
-- or none asked for, or no champion to ask (one that is withheld is no good news), and with positive evidence: it owes and nothing is past due, or turnover
-- holds at :steady_ratio of its year. After :upgrade_after clean periods running there is one step up, and they count anew. On watch, a period that is not
-- clean and whose score has not fallen under :improved_ratio of that at entry is unimproved: after :escalate_after of them it is doubtful.
-- Doubtful, after :exit_after unimproved periods or at a grade of 5 or :exit_days_past_due days, exit is proposed; it is entered when a person
-- approves, after the proposal and before :as_of. An override in force is shown in relationship_class, never under floor_class nor instead of an
-- exit; machine_class goes on beside it.
with before as (
    select
        r.customer_id,
        r.machine_class,
        r.since,
        r.periods_in_class,
        r.clean_periods,
        r.unimproved_periods,
        r.entry_score,
        r.exit_proposed_since
    from crm.relationship_classes_v1 as r
    where r.run_id = cast(:previous_run_id as varchar(64))
),

lines as (
    select
        t.from_class,
        t.evidence,
        t.to_class,
        t.place,
        t.is_floor,
        t.why_en,
        t.why_zh,
        case t.from_class when 'normal' then 0 when 'watch' then 1 when 'doubtful' then 2 else 3 end as from_level,
        case t.to_class when 'normal' then 0 when 'watch' then 1 when 'doubtful' then 2 else 3 end as to_level
    from crm.class_transitions_v1 as t
    where t.run_id = :run_id
),

speaking as (
    select
        e.customer_id,
        max(l.to_level) as worst_level,
        max(case when l.is_floor then l.to_level else 0 end) as floor_level
    from crm.class_evidence_v1 as e
    inner join lines as l on e.evidence = l.evidence and l.from_class = 'normal'
    where e.run_id = :run_id
    group by e.customer_id
),

decisions as (
    select
        d.customer_id,
        d.kind,
        d.relationship_class,
        d.place,
        d.decided_on,
        d.decided_by,
        d.expires_on,
        row_number() over (partition by d.customer_id, d.kind order by d.place desc) as newest
    from ops.class_decisions as d
    where d.decided_on < cast(:as_of as date)
),

measures as (
    select
        m.customer_id,
        m.unknown,
        m.class5,
        m.days_past_due,
        coalesce(m.loan_balance > 0 and m.days_past_due = 0, false) or coalesce(m.turnover_ratio_3m_12m >= :steady_ratio, false) as is_well,
        case when :uses_score then m.distress_score end as distress_score,
        :uses_score and coalesce(m.score_status = 'withheld' and coalesce(m.score_cause, '') <> 'no_champion', false) as is_withheld
    from crm.class_measures_v1 as m
    where m.run_id = :run_id
),

placed as (
    select
        m.customer_id,
        m.unknown,
        m.distress_score,
        m.class5,
        m.days_past_due,
        coalesce(b.machine_class, 'normal') as from_class,
        b.machine_class as previous_class,
        b.since,
        coalesce(b.periods_in_class, 0) as periods_before,
        coalesce(b.clean_periods, 0) as clean_before,
        coalesce(b.unimproved_periods, 0) as unimproved_before,
        b.entry_score,
        b.exit_proposed_since,
        coalesce(s.worst_level, 0) as worst_level,
        coalesce(s.floor_level, 0) as floor_level,
        case coalesce(b.machine_class, 'normal') when 'normal' then 0 when 'watch' then 1 when 'doubtful' then 2 else 3 end as from_level,
        coalesce(
            m.distress_score
            < :clear_ratio * case when coalesce(b.machine_class, 'normal') = 'doubtful' then :doubtful_score else :watch_score end,
            not m.is_withheld
        )
        and m.is_well as is_positive,
        coalesce(m.distress_score < :improved_ratio * b.entry_score, false) as is_improved,
        coalesce(x.decided_on >= b.exit_proposed_since and (y.place is null or y.place < x.place), false) as is_exit_approved,
        coalesce(b.machine_class = 'exit' and y.decided_on >= b.since, false) as is_exit_lifted
    from measures as m
    left join before as b on m.customer_id = b.customer_id
    left join speaking as s on m.customer_id = s.customer_id
    left join decisions as x on m.customer_id = x.customer_id and x.kind = 'approve_exit' and x.newest = 1
    left join decisions as y on m.customer_id = y.customer_id and y.kind = 'lift_exit' and y.newest = 1
),

counted as (
    select
        p.customer_id,
        p.unknown,
        p.distress_score,
        p.class5,
        p.days_past_due,
        p.from_class,
        p.previous_class,
        p.since,
        p.periods_before,
        p.entry_score,
        p.exit_proposed_since,
        p.floor_level,
        p.from_level,
        p.is_exit_approved,
        p.is_exit_lifted,
        case when p.from_level > 0 and p.worst_level < p.from_level and p.is_positive then p.clean_before + 1 else 0 end as clean_periods,
        case
            when p.from_level = 0 or p.is_improved or (p.worst_level < p.from_level and p.is_positive) then 0
            else p.unimproved_before + 1
        end as unimproved_periods
    from placed as p
),

evidence_of_time as (
    select
        c.customer_id,
        'recovered' as evidence
    from counted as c
    where c.from_level in (1, 2) and c.clean_periods >= :upgrade_after
    union all
    select
        c.customer_id,
        'not_improved' as evidence
    from counted as c
    where c.from_level = 1 and c.unimproved_periods >= :escalate_after
    union all
    select
        c.customer_id,
        'exit_approved' as evidence
    from counted as c
    where c.from_level = 2 and c.is_exit_approved
    union all
    select
        c.customer_id,
        'exit_lifted' as evidence
    from counted as c
    where c.from_level = 3 and c.is_exit_lifted
),

all_evidence as (
    select
        e.customer_id,
        e.evidence
    from crm.class_evidence_v1 as e
    where e.run_id = :run_id
    union all
    select
        t.customer_id,
        t.evidence
    from evidence_of_time as t
    union all
    select
        c.customer_id,
        'none' as evidence
    from counted as c
),

ranked as (
    select
        c.customer_id,
        l.evidence,
        l.to_class,
        l.to_level,
        l.why_en,
        l.why_zh,
        row_number() over (
            partition by c.customer_id
            order by
                case
                    when l.to_level > l.from_level then l.from_level - l.to_level
                    when l.to_level < l.from_level then 1
                    else 2
                end,
                l.place
        ) as place
    from counted as c
    inner join all_evidence as a on c.customer_id = a.customer_id
    inner join lines as l on a.evidence = l.evidence and c.from_class = l.from_class and c.floor_level <= l.to_level
),

moved as (
    select
        c.customer_id,
        c.unknown,
        c.previous_class,
        c.from_class,
        c.floor_level,
        c.exit_proposed_since,
        r.to_class as machine_class,
        r.to_level as machine_level,
        r.evidence,
        r.why_en,
        r.why_zh,
        c.previous_class is not null and r.to_class = c.from_class as is_same,
        case when c.previous_class is not null and r.to_class = c.from_class then c.since else cast(:as_of as date) end as since,
        case when r.to_class = c.from_class then c.periods_before + 1 else 1 end as periods_in_class,
        case when r.to_class = c.from_class then c.clean_periods else 0 end as clean_periods,
        case when r.to_class = c.from_class then c.unimproved_periods else 0 end as unimproved_periods,
        case when r.to_class = c.from_class and c.previous_class is not null then c.entry_score else c.distress_score end as entry_score,
        r.to_class = 'doubtful' and (
            (c.from_class = 'doubtful' and c.unimproved_periods >= :exit_after)
            or coalesce(c.class5 = 5, false)
            or coalesce(c.days_past_due > :exit_days_past_due, false)
        ) as is_exit_proposed
    from counted as c
    inner join ranked as r on c.customer_id = r.customer_id and r.place = 1
),

overridden as (
    select
        m.customer_id,
        d.decided_by,
        d.expires_on,
        d.relationship_class as override_class,
        case
            when d.customer_id is null or m.machine_level = 3 then m.machine_level
            else greatest(
                m.floor_level, case d.relationship_class when 'normal' then 0 when 'watch' then 1 else 2 end
            )
        end as shown_level
    from moved as m
    left join decisions as d
        on m.customer_id = d.customer_id and d.kind = 'override' and d.newest = 1 and d.expires_on > cast(:as_of as date)
)

select
    :run_id as run_id,
    m.customer_id,
    cast(:as_of as date) as as_of,
    case o.shown_level when 0 then 'normal' when 1 then 'watch' when 2 then 'doubtful' else 'exit' end as relationship_class,
    m.machine_class,
    case m.floor_level when 0 then 'normal' when 1 then 'watch' when 2 then 'doubtful' else 'exit' end as floor_class,
    m.previous_class,
    m.evidence,
    m.why_en,
    m.why_zh,
    m.since,
    cast(m.periods_in_class as integer) as periods_in_class,
    cast(m.clean_periods as integer) as clean_periods,
    cast(m.unimproved_periods as integer) as unimproved_periods,
    m.entry_score,
    m.is_exit_proposed,
    case when m.is_exit_proposed then coalesce(case when m.is_same then m.exit_proposed_since end, cast(:as_of as date)) end
        as exit_proposed_since,
    o.override_class,
    o.decided_by as override_by,
    o.expires_on as override_until,
    m.unknown,
    :rule_version as rule_version
from moved as m
inner join overridden as o on m.customer_id = o.customer_id
