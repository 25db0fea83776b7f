-- adds one row to ops.class_decisions: what a person has decided, behind all that was decided before
insert into ops.class_decisions (
    place, kind, customer_id, alert_id, relationship_class, decided_on, decided_by, reason, expires_on
)
select
    coalesce(max(d.place), 0) + 1 as place,
    :kind as kind,
    :customer_id as customer_id,
    cast(:alert_id as varchar(128)) as alert_id,
    cast(:relationship_class as varchar(16)) as relationship_class,
    cast(:decided_on as date) as decided_on,
    :decided_by as decided_by,
    :reason as reason,
    cast(:expires_on as date) as expires_on
from ops.class_decisions as d
