-- One row a customer and piece of evidence that speaks against it as of :as_of: what was measured, and the edge that it passed.
-- Words and classes of each evidence stand in crm.class_transitions; what time and persons add (not_improved, recovered, exits) is
-- in crm.relationship_classes. A falling industry counts for who fades with it and is a key account or owes. Null edges: yes or no is
-- all there is to measure. With :uses_score false no score counts, which is how the machine is judged without its model.
with measures as (
    select
        m.customer_id,
        m.score_cause,
        case when :uses_score then m.distress_score end as distress_score,
        case when :uses_score then m.score_rise end as score_rise,
        cast(m.days_past_due as double precision) as days_past_due,
        cast(m.class5 as double precision) as class5,
        cast(m.default_count_12m as double precision) as default_count_12m,
        cast(m.written_off_amount_12m as double precision) as written_off_amount_12m,
        m.is_over_limit,
        m.limit_use_ratio,
        m.is_blacklisted,
        m.industry_trend,
        m.is_industry_declining and m.stage = 'fading' and (m.is_key_account or m.loan_balance > 0) as falls_with_industry,
        cast(m.bad_connected_count as double precision) as bad_connected_count,
        coalesce(m.distress_score < :soft_score, false) and :uses_score as is_sound
    from crm.class_measures_v1 as m
    where m.run_id = :run_id
),

held as (
    select
        m.customer_id,
        'default_event' as evidence,
        m.default_count_12m as value,
        cast(1 as double precision) as edge
    from measures as m
    where m.default_count_12m > 0
    union all
    select
        m.customer_id,
        case when m.days_past_due > 90 then 'overdue_90' else 'overdue' end as evidence,
        m.days_past_due as value,
        cast(case when m.days_past_due > 90 then 91 else 1 end as double precision) as edge
    from measures as m
    where m.days_past_due > 0
    union all
    select
        m.customer_id,
        case when m.class5 >= 3 then 'grade_bad' else 'grade_mention' end as evidence,
        m.class5 as value,
        cast(case when m.class5 >= 3 then 3 else 2 end as double precision) as edge
    from measures as m
    where m.class5 >= 2
    union all
    select
        m.customer_id,
        'written_off' as evidence,
        m.written_off_amount_12m as value,
        cast(0.01 as double precision) as edge
    from measures as m
    where m.written_off_amount_12m > 0
    union all
    select
        m.customer_id,
        'blacklisted' as evidence,
        cast(null as double precision) as value,
        cast(null as double precision) as edge
    from measures as m
    where m.is_blacklisted
    union all
    select
        m.customer_id,
        case when m.distress_score >= :doubtful_score then 'score_very_high' else 'score_high' end as evidence,
        m.distress_score as value,
        cast(case when m.distress_score >= :doubtful_score then :doubtful_score else :watch_score end as double precision) as edge
    from measures as m
    where m.distress_score >= :watch_score
    union all
    select
        m.customer_id,
        'score_rising' as evidence,
        m.score_rise as value,
        cast(:rising_points as double precision) as edge
    from measures as m
    where m.distress_score >= :rising_score and m.score_rise >= :rising_points
    union all
    select
        m.customer_id,
        'in_distress' as evidence,
        cast(null as double precision) as value,
        cast(null as double precision) as edge
    from measures as m
    where m.score_cause = 'already_in_distress'
    union all
    select
        m.customer_id,
        'over_limit' as evidence,
        m.limit_use_ratio as value,
        cast(1 as double precision) as edge
    from measures as m
    where m.is_over_limit
    union all
    select
        m.customer_id,
        'industry_declining' as evidence,
        m.industry_trend as value,
        cast(:decline_ratio as double precision) as edge
    from measures as m
    where m.falls_with_industry and not m.is_sound
    union all
    select
        m.customer_id,
        'group_member_worse' as evidence,
        m.bad_connected_count as value,
        cast(1 as double precision) as edge
    from measures as m
    where m.bad_connected_count > 0 and not m.is_sound
)

select
    :run_id as run_id,
    h.customer_id,
    h.evidence,
    cast(:as_of as date) as as_of,
    h.value,
    h.edge,
    :rule_version as rule_version
from held as h
