-- A customer's card shows its class, what the machine says where a person shows another, and the alerts that wait for an answer. Rows of runs
-- of before have none of it.
alter table crm.customer_cards_v1 add column relationship_class varchar(16);
alter table crm.customer_cards_v1 add column machine_class varchar(16);
alter table crm.customer_cards_v1 add column is_exit_proposed boolean;
alter table crm.customer_cards_v1 add column open_alert_count integer;
drop view crm.customer_cards;

create view crm.customer_cards as
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
    k.growth_status,
    k.growth_cause,
    k.growth_score,
    k.growth_band,
    k.distress_status,
    k.distress_cause,
    k.distress_score,
    k.distress_band,
    k.is_growing,
    k.is_in_danger,
    k.is_conflict,
    k.unknown,
    k.rule_version,
    k.run_id
from crm.customer_cards_v1 as k
inner join ops.current_run as c on k.run_id = c.run_id;
