-- removes from learn.examples those whose answer became known after :closed_as_of
delete from learn.examples
where matured_on > cast(:closed_as_of as date)
