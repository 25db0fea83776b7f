-- removes every row of features.customer_flows, of all as_ofs
delete from features.customer_flows
