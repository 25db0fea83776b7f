-- removes every row of features.customer_profile, of all as_ofs
delete from features.customer_profile
