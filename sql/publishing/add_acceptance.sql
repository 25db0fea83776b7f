-- adds one row to ops.publication_acceptances: :accepted_by lets :run_id through
insert into ops.publication_acceptances (run_id, as_of, accepted_by, reason)
values (:run_id, cast(:as_of as date), :accepted_by, :reason)
