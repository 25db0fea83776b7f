-- One row a customer known before :as_of: everything that the rules and both models say of it, side by side, in the run.
-- Null is unknown and never zero; `unknown` names the columns that are, in their order, with commas between. A score that was not asked for has
-- the status 'not_applicable': growth of a key account, distress of who is none. So a card with danger on one side is held to the rule on the other
-- where no score is: who grows by the rule of stages, and whose loans are overdue or graded 2 or worse. Where the transactions are behind
-- their declared lag (crm.feed_freshness_v1 of the run) nobody is held to the rule of stages, and where the loans are, only who is overdue as
-- last told is in danger by rule: of the others it is unknown. Both at once, by score or by rule, is a conflict for a person.
with current_customers as (
    select
        n.customer_id,
        n.kind,
        n.relation,
        n.industry_code,
        n.branch_id,
        n.manager_id
    from current.customers(:as_of) as n
),

open_alerts as (
    select
        a.customer_id,
        count(*) as open_alert_count
    from crm.alerts_v1 as a
    where a.run_id = :run_id and a.state = 'open'
    group by a.customer_id
),

late as materialized (
    select
        coalesce(max(case when f.table_name = 'transactions' and f.is_stale then 1 else 0 end), 0) = 1 as has_late_flows,
        coalesce(max(case when f.table_name = 'loan_months' and f.is_stale then 1 else 0 end), 0) = 1 as has_late_loans
    from crm.feed_freshness_v1 as f
    where f.run_id = :run_id
),

told as (
    select
        c.customer_id,
        c.kind,
        c.relation,
        c.industry_code,
        c.branch_id,
        c.manager_id,
        k.account_class,
        k.reason as key_reason,
        k.basis as value_basis,
        k.value_12m,
        p.contribution_12m,
        p.deposit_balance,
        p.loan_balance,
        p.days_past_due,
        p.loan_class5,
        t.tier,
        t.assets,
        m.root_customer_id as group_root_customer_id,
        m.cause as group_cause,
        l.stage,
        l.since as stage_since,
        q.name_en as segment_en,
        q.name_zh as segment_zh,
        e.product_count,
        e.embedding_index,
        e.gaps as product_gaps,
        o.proposed_branch_id,
        o.is_mismatch as is_branch_mismatch,
        d.is_dependent as is_dependent_on_manager,
        d.deposits_at_stake,
        d.known_share as profile_known_share,
        r.relationship_class,
        case when r.machine_class <> r.relationship_class then r.machine_class end as machine_class,
        r.is_exit_proposed,
        case when r.customer_id is not null then coalesce(w.open_alert_count, 0) end as open_alert_count,
        u.is_marketing_allowed,
        g.status as growth_status,
        g.cause as growth_cause,
        g.score as growth_score,
        g.band as growth_band,
        s.status as distress_status,
        s.cause as distress_cause,
        s.score as distress_score,
        s.band as distress_band,
        case when t.assets is not null then p.contribution_12m < 0 and t.tier is not null end as is_loss_making_depositor,
        case
            when g.score is not null then g.band <= :high_band
            when f.has_late_flows or l.stage is null then null
            else l.stage = 'growing'
        end as is_growing,
        case
            when s.score is not null then s.band <= :high_band
            when p.days_past_due > 0 or p.loan_class5 >= 2 then true
            when not f.has_late_loans and (p.days_past_due is not null or p.loan_class5 is not null) then false
        end as is_in_danger
    from current_customers as c
    cross join late as f
    left join features.customer_positions as p on c.customer_id = p.customer_id and p.as_of = cast(:as_of as date)
    left join crm.key_accounts_v1 as k on c.customer_id = k.customer_id and k.run_id = :run_id
    left join crm.tiers_v1 as t on c.customer_id = t.customer_id and t.run_id = :run_id
    left join crm.group_members_v1 as m on c.customer_id = m.customer_id and m.run_id = :run_id
    left join crm.lifecycle_v1 as l on c.customer_id = l.customer_id and l.run_id = :run_id
    left join crm.segments_v1 as q on c.customer_id = q.customer_id and q.run_id = :run_id
    left join crm.embedding_v1 as e on c.customer_id = e.customer_id and e.run_id = :run_id
    left join crm.ownership_v1 as o on c.customer_id = o.customer_id and o.run_id = :run_id
    left join crm.dependence_v1 as d on c.customer_id = d.customer_id and d.run_id = :run_id
    left join crm.relationship_classes_v1 as r on c.customer_id = r.customer_id and r.run_id = :run_id
    left join crm.marketing_consents_v1 as u on c.customer_id = u.customer_id and u.run_id = :run_id
    left join open_alerts as w on c.customer_id = w.customer_id
    left join crm.scores_v1 as g
        on c.customer_id = g.customer_id and g.run_id = :run_id and g.model_name = 'prospect_growth'
    left join crm.scores_v1 as s
        on c.customer_id = s.customer_id and s.run_id = :run_id and s.model_name = 'key_account_distress'
)

select
    :run_id as run_id,
    t.customer_id,
    cast(:as_of as date) as as_of,
    t.kind,
    t.relation,
    t.industry_code,
    t.branch_id,
    t.manager_id,
    t.account_class,
    t.key_reason,
    t.value_basis,
    t.value_12m,
    t.contribution_12m,
    t.deposit_balance,
    t.loan_balance,
    t.tier,
    t.assets,
    t.is_loss_making_depositor,
    t.group_root_customer_id,
    t.group_cause,
    t.stage,
    t.stage_since,
    t.segment_en,
    t.segment_zh,
    t.product_count,
    t.embedding_index,
    t.product_gaps,
    t.proposed_branch_id,
    t.is_branch_mismatch,
    t.is_dependent_on_manager,
    t.deposits_at_stake,
    t.profile_known_share,
    t.relationship_class,
    t.machine_class,
    t.is_exit_proposed,
    cast(t.open_alert_count as integer) as open_alert_count,
    t.is_marketing_allowed,
    coalesce(t.growth_status, 'not_applicable') as growth_status,
    case when t.growth_status is null then 'is_key_account' else t.growth_cause end as growth_cause,
    t.growth_score,
    t.growth_band,
    coalesce(t.distress_status, 'not_applicable') as distress_status,
    case when t.distress_status is null then 'is_no_key_account' else t.distress_cause end as distress_cause,
    t.distress_score,
    t.distress_band,
    t.is_growing,
    t.is_in_danger,
    t.is_growing and t.is_in_danger as is_conflict,
    nullif(
        ltrim(
            case when t.contribution_12m is null then ',contribution_12m' else '' end
            || case when t.deposit_balance is null then ',deposit_balance' else '' end
            || case when t.loan_balance is null then ',loan_balance' else '' end
            || case when t.assets is null then ',assets' else '' end
            || case when t.stage = 'unknown' then ',stage' else '' end
            || case when t.embedding_index is null then ',embedding_index' else '' end
            || case when t.proposed_branch_id is null then ',proposed_branch_id' else '' end
            || case when t.is_dependent_on_manager is null then ',is_dependent_on_manager' else '' end
            || case when t.profile_known_share is null then ',profile_known_share' else '' end
            || case when t.is_marketing_allowed is null then ',is_marketing_allowed' else '' end
            || case when t.growth_status = 'withheld' then ',growth_score' else '' end
            || case when t.distress_status = 'withheld' then ',distress_score' else '' end
            || case when t.is_growing is null then ',is_growing' else '' end
            || case when t.is_in_danger is null then ',is_in_danger' else '' end,
            ','
        ),
        ''
    ) as unknown,
    :rule_version as rule_version
from told as t
