-- One row a day as stated; known before :as_of. Each is_/has_ column is a promise: false where broken, null where it cannot be told.
select
    cast(d.day as varchar(10)) || '|' || cast(d.source_known_on as varchar(10)) as row_key,
    d.known_on as known_on,
    d.day between date '1990-01-01' and date '2100-12-31' as is_day_plausible,
    d.holiday is null or not d.is_business_day as is_holiday_off
from landing.calendar as d
where d.known_on < cast(:as_of as date)
