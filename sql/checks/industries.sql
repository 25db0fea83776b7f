-- One row an industry as stated; known before :as_of. Each is_/has_ column is a promise: false where broken, null where it cannot be told.
select
    i.industry_code || '|' || cast(i.source_known_on as varchar(10)) as row_key,
    i.known_on as known_on,
    trim(i.industry_code) <> '' as has_industry_code,
    coalesce(trim(i.name), '') <> '' or coalesce(trim(i.name_en), '') <> '' as has_name
from landing.industries as i
where i.known_on < cast(:as_of as date)
