-- One statement a table: what a run foresees is served up to a day, by the clock of who reads. After it scores are withheld with the
-- cause 'expired', without reasons; care_lists, which rest on them, show no rows; what is a fact or a rule stays.
alter table ops.runs add column valid_until date;

-- null: no end
create or replace view ops.current_run as
select
    p.run_id,
    p.as_of,
    p.published_at,
    r.created_at,
    r.valid_until,
    coalesce(r.valid_until < current_date, false) as is_expired
from ops.publications as p
left join ops.runs as r on p.run_id = r.run_id
where p.place = (select max(q.place) from ops.publications as q);

create view crm.current_run as
select
    c.run_id,
    c.as_of,
    cast(c.created_at as date) as scored_on,
    cast(c.published_at as date) as published_on,
    c.valid_until,
    c.is_expired
from ops.current_run as c;

create or replace view crm.scores as
select
    s.customer_id,
    s.as_of,
    s.model_name,
    cast(case when s.is_outdated then 'withheld' else s.status end as varchar(16)) as status,
    cast(case when s.is_outdated then 'expired' else s.cause end as varchar(64)) as cause,
    case when not s.is_outdated then s.score end as score,
    case when not s.is_outdated then s.raw_score end as raw_score,
    case when not s.is_outdated then s.rank end as rank,
    case when not s.is_outdated then s.percentile end as percentile,
    cast(case when not s.is_outdated then s.band end as varchar(1)) as band,
    case when not s.is_outdated then s.trend end as trend,
    s.model_version,
    s.run_id,
    case when not s.is_outdated then s.base_value end as base_value,
    cast(case when not s.is_outdated then s.band_version end as varchar(32)) as band_version,
    s.model_as_of,
    s.valid_until
from (
    select
        t.*,
        c.valid_until,
        c.is_expired and t.status = 'scored' as is_outdated
    from crm.scores_v1 as t
    inner join ops.current_run as c on t.run_id = c.run_id
) as s;

create or replace view crm.reasons as
select
    r.customer_id,
    r.as_of,
    r.model_name,
    r.place,
    r.feature,
    r.value,
    r.shapley,
    r.text_en,
    r.text_zh,
    r.run_id
from crm.reasons_v1 as r
inner join ops.current_run as c on r.run_id = c.run_id and not c.is_expired;

create or replace view crm.care_lists as
select
    v.customer_id,
    v.as_of,
    v.list,
    v.reason,
    v.place,
    v.value_12m,
    v.branch_id,
    v.manager_id,
    v.rule_version,
    v.run_id
from crm.care_lists_v1 as v
inner join ops.current_run as c on v.run_id = c.run_id and not c.is_expired;

create or replace view crm.customer_cards as
select
    k.customer_id,
    k.as_of,
    k.kind,
    k.relation,
    k.industry_code,
    k.branch_id,
    k.manager_id,
    k.account_class,
    k.key_reason,
    k.value_basis,
    k.value_12m,
    k.contribution_12m,
    k.deposit_balance,
    k.loan_balance,
    k.tier,
    k.assets,
    k.is_loss_making_depositor,
    k.group_root_customer_id,
    k.group_cause,
    k.stage,
    k.stage_since,
    k.segment_en,
    k.segment_zh,
    k.product_count,
    k.embedding_index,
    k.product_gaps,
    k.proposed_branch_id,
    k.is_branch_mismatch,
    k.is_dependent_on_manager,
    k.deposits_at_stake,
    k.profile_known_share,
    k.relationship_class,
    k.machine_class,
    k.is_exit_proposed,
    k.open_alert_count,
    cast(case when k.is_growth_expired then 'withheld' else k.growth_status end as varchar(32)) as growth_status,
    cast(case when k.is_growth_expired then 'expired' else k.growth_cause end as varchar(64)) as growth_cause,
    case when not k.is_growth_expired then k.growth_score end as growth_score,
    cast(case when not k.is_growth_expired then k.growth_band end as varchar(32)) as growth_band,
    cast(case when k.is_distress_expired then 'withheld' else k.distress_status end as varchar(32)) as distress_status,
    cast(case when k.is_distress_expired then 'expired' else k.distress_cause end as varchar(64)) as distress_cause,
    case when not k.is_distress_expired then k.distress_score end as distress_score,
    cast(case when not k.is_distress_expired then k.distress_band end as varchar(32)) as distress_band,
    case when not k.is_growth_expired then k.is_growing end as is_growing,
    case when not k.is_distress_expired then k.is_in_danger end as is_in_danger,
    case when not k.is_growth_expired and not k.is_distress_expired then k.is_conflict end as is_conflict,
    cast(
        nullif(
            ltrim(
                replace(
                    replace(replace(replace(',' || coalesce(k.unknown, ''), ',growth_score', ''), ',distress_score', ''), ',is_growing', ''),
                    ',is_in_danger',
                    ''
                )
                || case when k.is_growth_expired or k.growth_status = 'withheld' then ',growth_score' else '' end
                || case when k.is_distress_expired or k.distress_status = 'withheld' then ',distress_score' else '' end
                || case when k.is_growth_expired or k.is_growing is null then ',is_growing' else '' end
                || case when k.is_distress_expired or k.is_in_danger is null then ',is_in_danger' else '' end,
                ','
            ),
            ''
        )
        as varchar(200)
    ) as unknown,
    k.rule_version,
    k.run_id,
    k.is_marketing_allowed
from (
    select
        t.*,
        c.is_expired and t.growth_status = 'scored' as is_growth_expired,
        c.is_expired and t.distress_status = 'scored' as is_distress_expired
    from crm.customer_cards_v1 as t
    inner join ops.current_run as c on t.run_id = c.run_id
) as k;
