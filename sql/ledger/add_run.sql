-- adds one row to ops.runs: an open run of :as_of
insert into ops.runs (run_id, as_of, attempt, state)
values (:run_id, cast(:as_of as date), :attempt, 'open')
