-- one row a version of the consent rule by which it was named who is barred as of :as_of; none: nobody was asked
select b.rule_version
from features.marketing_exclusion_versions as b
where b.as_of = cast(:as_of as date)
order by b.rule_version
