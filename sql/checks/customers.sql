-- One row a customer as stated; known before :as_of. Each is_/has_ column is a promise: false where broken, null where it cannot be told.
select
    c.customer_id || '|' || cast(c.source_known_on as varchar(10)) as row_key,
    c.known_on as known_on,
    trim(c.customer_id) <> '' as has_customer_id,
    c.kind in ('company', 'person') as is_kind_known,
    c.relation in ('customer', 'outside') as is_relation_known,
    c.employees >= 0 as has_no_negative_employees,
    c.capital >= 0 as has_no_negative_capital,
    c.founded_on <= c.source_known_on as is_founded_when_known,
    -- U+FFFD; its GBK reading; UTF-8 read as Latin-1 (a cent sign's lead byte, a dash, and the words for company and limited);
    -- question marks in a row, left by an encoder that knew no Chinese
    c.name not like '%�%'
    and c.name not like '%锟斤拷%'
    and c.name not like '%Ã%'
    and c.name not like '%â€%'
    and c.name not like '%å…¬%'
    and c.name not like '%æœ‰%'
    and c.name not like '%??%' as is_name_readable
from landing.customers as c
where c.known_on < cast(:as_of as date)
