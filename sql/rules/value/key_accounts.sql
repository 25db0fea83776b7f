-- One row a customer known before :as_of: which account class it has and why, as features.key_accounts of that day says it.
select
    :run_id as run_id,
    k.customer_id,
    k.as_of,
    k.account_class,
    k.reason,
    k.basis,
    k.value_12m,
    k.value_share,
    k.place,
    k.rule_version
from features.key_accounts as k
where k.as_of = cast(:as_of as date)
