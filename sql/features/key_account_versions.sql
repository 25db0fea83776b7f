-- one row a version of the key-account rule that named customers as of :as_of
select distinct k.rule_version
from features.key_accounts as k
where k.as_of = cast(:as_of as date)
order by k.rule_version
