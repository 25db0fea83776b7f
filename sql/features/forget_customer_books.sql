-- removes every row of features.customer_books, of all as_ofs
delete from features.customer_books
