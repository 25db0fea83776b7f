-- Keys of the tables of early warning, as V0011 gave the others theirs.
alter table crm.class_transitions_v1 add primary key (run_id, from_class, evidence);
alter table crm.class_measures_v1 add primary key (run_id, customer_id);
alter table crm.class_evidence_v1 add primary key (run_id, customer_id, evidence);
alter table crm.relationship_classes_v1 add primary key (run_id, customer_id);
alter table crm.plan_templates_v1 add primary key (run_id, plan, place);
alter table crm.alerts_v1 add primary key (run_id, alert_id);
alter table crm.exit_plans_v1 add primary key (run_id, customer_id, plan, place);
alter table crm.plan_gaps_v1 add primary key (run_id, customer_id, gap);
