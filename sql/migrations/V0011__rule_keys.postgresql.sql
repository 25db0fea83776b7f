-- A run's rows are kept unique by what writes them; here they get their keys too, so that one customer's rows are found without a scan.
-- DuckDB has none, as V0002 says.
alter table features.customer_positions add primary key (customer_id, as_of);
alter table ops.run_rules add primary key (run_id, rule);
alter table crm.group_members_v1 add primary key (run_id, customer_id);
alter table crm.product_positions_v1 add primary key (run_id, customer_id, product_id);
alter table crm.key_accounts_v1 add primary key (run_id, customer_id);
alter table crm.contributions_v1 add primary key (run_id, level, key, month, span_months);
alter table crm.tiers_v1 add primary key (run_id, customer_id);
alter table crm.pareto_v1 add primary key (run_id, percent);
alter table crm.ownership_v1 add primary key (run_id, customer_id);
alter table crm.contact_conflicts_v1 add primary key (run_id, customer_id, contacted_on);
alter table crm.profile_completeness_v1 add primary key (run_id, level, key, field_group);
alter table crm.dependence_v1 add primary key (run_id, customer_id);
alter table crm.reconciliation_v1 add primary key (run_id, customer_id, measure);
alter table crm.feed_freshness_v1 add primary key (run_id, table_name);
alter table crm.manager_grades_v1 add primary key (run_id, manager_id);
alter table crm.embedding_v1 add primary key (run_id, customer_id);
alter table crm.lifecycle_v1 add primary key (run_id, customer_id);
alter table crm.segment_measures_v1 add primary key (run_id, customer_id);
alter table crm.segments_v1 add primary key (run_id, customer_id);
alter table crm.customer_cards_v1 add primary key (run_id, customer_id);
alter table crm.credit_facts_v1 add primary key (run_id, project_id, month);
