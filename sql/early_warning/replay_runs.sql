-- one row a run that a replay of past months has left, killed before it could tidy up; as of now
select k.run_id
from crm.key_accounts_v1 as k
where k.run_id like 'replay.%'
union
select s.run_id
from crm.scores_v1 as s
where s.run_id like 'replay.%'
union
select r.run_id
from crm.relationship_classes_v1 as r
where r.run_id like 'replay.%'
