-- adds one row to ops.publications: the pointer turns to :run_id; of two publishers with one :place the primary key lets one through
insert into ops.publications (place, run_id, as_of, action)
values (:place, :run_id, cast(:as_of as date), :action)
