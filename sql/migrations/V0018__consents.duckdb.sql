-- Consent: what each customer has stated of being courted, so that who has not consented is left out of marketing and of nothing else.
create table landing.consents (
    customer_id varchar(64) not null,
    has_marketing_consent boolean,
    erasure_requested_on date,
    stated_on date not null,
    known_on date not null,
    source_known_on date not null
);

create view valid.consents as
with set_aside as (
    select
        left(q.row_key, length(q.row_key) - 11) as customer_id,
        cast(right(q.row_key, 10) as date) as source_known_on
    from ops.quarantine as q
    where q.table_name = 'consents'
)

select
    t.customer_id,
    t.has_marketing_consent,
    t.erasure_requested_on,
    t.stated_on,
    t.known_on,
    t.source_known_on
from landing.consents as t
where not exists (
    select 1 as found
    from set_aside as a
    where
        a.customer_id = t.customer_id
        and a.source_known_on = t.source_known_on
);

-- Who may not be courted as of a day, and why: sparse. Who was listed as of days described before this migration is known of those only who are no
-- key accounts, as key accounts had another reason.
create table features.marketing_exclusions (
    customer_id varchar(64) not null,
    as_of date not null,
    cause varchar(32) not null
);

-- By which version of the rule of consents a day's bars were named, also where nobody is barred.
create table features.marketing_exclusion_versions (
    as_of date not null,
    rule_version varchar(64) not null
);

insert into features.marketing_exclusions
select
    k.customer_id,
    k.as_of,
    k.reason as cause
from features.key_accounts as k
where k.reason = 'blacklisted';

create table crm.marketing_consents_v1 (
    run_id varchar(64) not null,
    customer_id varchar(64) not null,
    as_of date not null,
    has_consent boolean,
    basis varchar(16) not null,
    is_marketing_allowed boolean,
    cause varchar(32),
    stated_on date,
    erasure_requested_on date,
    rule_version varchar(64) not null
);

create view crm.marketing_consents as
select
    m.customer_id,
    m.as_of,
    m.has_consent,
    m.basis,
    m.is_marketing_allowed,
    m.cause,
    m.stated_on,
    m.erasure_requested_on,
    m.rule_version,
    m.run_id
from crm.marketing_consents_v1 as m
inner join ops.current_run as c on m.run_id = c.run_id;

-- Rows of runs of before have no word of it.
alter table crm.customer_cards_v1 add column is_marketing_allowed boolean;

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
    k.run_id,
    k.is_marketing_allowed
from crm.customer_cards_v1 as k
inner join ops.current_run as c on k.run_id = c.run_id;
