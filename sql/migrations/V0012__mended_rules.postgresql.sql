-- What a reader found amiss in the tables of the rules, mended; one statement a table or view.
drop view crm.contributions;

alter table crm.contributions_v1 add column months_told integer;

create view crm.contributions as
select
    o.level,
    o.key,
    o.as_of,
    o.month,
    o.span_months,
    o.months_told,
    o.interest_income_cny,
    o.fee_income_cny,
    o.interest_expense_cny,
    o.operating_cost_cny,
    o.risk_cost_cny,
    o.contribution_cny,
    o.rule_version,
    o.run_id
from crm.contributions_v1 as o
inner join ops.current_run as c on o.run_id = c.run_id;

-- the amount of an account is unknown where the bank tells no balances
alter table crm.product_positions_v1 alter column amount_cny drop not null;
