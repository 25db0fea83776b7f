-- removes the rows of facts.partner_month with :known_from <= known_month < :known_before
delete from facts.partner_month
where known_month >= cast(:known_from as date) and known_month < cast(:known_before as date)
