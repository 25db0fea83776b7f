-- one row an as_of and family that is described, with the md5 below which its customers are ('g': all); as of now
select
    d.as_of,
    d.family,
    d.md5_below
from features.descriptions as d
order by d.as_of, d.family
