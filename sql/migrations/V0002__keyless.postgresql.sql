-- PostgreSQL keeps its primary keys. landing grows in the order of known_on: its blocks' first and last days, some hundred kilobytes of
-- index, spare most of a table to who asks for a few months.
create index transactions_known_on on landing.transactions using brin (known_on, source_known_on);
