-- one row a segment and measure of the run :run_id; as of the run
select
    s.segment,
    s.measure,
    s.name_en,
    s.name_zh,
    s.value,
    s.distance,
    s.lowest,
    s.highest,
    s.middle,
    s.spread,
    s.silhouette
from crm.segment_centres_v1 as s
where s.run_id = cast(:run_id as varchar(64))
order by s.segment, s.measure collate "C"  -- noqa: references.consistent
