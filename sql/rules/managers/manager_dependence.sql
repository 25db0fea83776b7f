-- One row a manager who made most contacts of any customer with a relation (crm.dependence_v1 of the run), known before :as_of: how many of
-- these depend on the manager, how many of them are key accounts, and the deposits at stake if the manager leaves, which are those of all
-- dependent customers. Null: the bank tells no balances. Where it tells no contacts there are no rows.
select
    :run_id as run_id,
    d.manager_id,
    cast(:as_of as date) as as_of,
    cast(count(*) as integer) as customer_count,
    cast(sum(case when d.is_dependent then 1 else 0 end) as integer) as dependent_count,
    cast(sum(case when d.is_dependent and k.account_class = 'existing' then 1 else 0 end) as integer) as dependent_key_count,
    cast(case when count(d.deposits_at_stake) = count(*) then sum(d.deposits_at_stake) end as numeric(18, 2))
        as deposits_at_stake,
    :rule_version as rule_version
from crm.dependence_v1 as d
left join crm.key_accounts_v1 as k on d.customer_id = k.customer_id and k.run_id = :run_id
where d.run_id = :run_id and d.manager_id is not null
group by d.manager_id
