-- removes from ops.watermarks how far the steps have come after :closed_as_of
delete from ops.watermarks
where as_of > cast(:closed_as_of as date)
