-- one row a rule of a run whose as_of is before the last :as_ofs_kept published ones, and is not :as_of; as of now
with published as (
    select
        p.as_of,
        row_number() over (order by p.as_of desc) as place
    from ops.publications as p
    group by p.as_of
),

edge as (
    select p.as_of
    from published as p
    where p.place = :as_ofs_kept
)

select
    r.run_id,
    j.rule
from ops.runs as r
inner join edge as e on r.as_of < e.as_of
inner join ops.run_rules as j on r.run_id = j.run_id
where r.as_of <> cast(:as_of as date) and r.state <> 'open'
