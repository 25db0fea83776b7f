-- removes every row of features.customer_events, of all as_ofs
delete from features.customer_events
