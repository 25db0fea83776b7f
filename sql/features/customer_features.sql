-- One row a customer and as_of with all its features, of the as_ofs whose five families are all described; as of now.
-- The view features.customer_features is this query; `select *` takes each family's columns, whichever they are when the view is made.
select *  -- noqa: ambiguous.column_count
from features.customer_profile
left join features.customer_flows using (customer_id, as_of)
left join features.customer_partners using (customer_id, as_of)
left join features.customer_events using (customer_id, as_of)
left join features.customer_books using (customer_id, as_of)
where
    as_of in (
        select d.as_of
        from features.descriptions as d
        group by d.as_of
        having count(*) = 5
    )
