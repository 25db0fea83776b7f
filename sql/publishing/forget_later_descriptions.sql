-- removes from features.descriptions the as-of dates after :closed_as_of: their features are computed again
delete from features.descriptions
where as_of > cast(:closed_as_of as date)
