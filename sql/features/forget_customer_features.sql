-- removes every row of features.customer_features, of all as_ofs
delete from features.customer_features
