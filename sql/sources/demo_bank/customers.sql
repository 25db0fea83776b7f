-- one row a customer and day its entry became known; known in [:known_from, :known_before)
select
    c.customer_id as customer_id,
    c.kind as kind,
    c.relation as relation,
    c.name as name,
    c.industry_code as industry_code,
    c.region as region,
    c.city as city,
    c.branch_id as branch_id,
    c.manager_id as manager_id,
    c.group_id as group_id,
    c.founded_on as founded_on,
    c.joined_on as joined_on,
    c.employees as employees,
    c.capital as capital,
    cast(c.known_on as date) as known_on
from customers as c
where
    cast(c.known_on as date) >= cast(:known_from as date)
    and cast(c.known_on as date) < cast(:known_before as date)
