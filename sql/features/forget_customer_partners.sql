-- removes every row of features.customer_partners, of all as_ofs
delete from features.customer_partners
