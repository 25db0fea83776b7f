-- one row a firm, known from its first invoice on, sale or purchase; known in [:known_from, :known_before)
with invoices as (
    select
        企业代号,
        开票日期
    from a1_output_invoices
    union all
    select
        企业代号,
        开票日期
    from a1_input_invoices
    union all
    select
        企业代号,
        开票日期
    from a2_output_invoices
    union all
    select
        企业代号,
        开票日期
    from a2_input_invoices
),

first_days as (
    select
        i.企业代号 as customer_id,
        min(cast(i.开票日期 as date)) as first_on
    from invoices as i
    group by i.企业代号
),

firms as (
    select
        e.企业代号 as customer_id,
        e.企业名称 as name,
        'customer' as relation
    from a1_enterprise as e
    union all
    select
        e.企业代号 as customer_id,
        e.企业名称 as name,
        'outside' as relation
    from a2_enterprise as e
),

known as (
    select
        f.customer_id,
        f.name,
        f.relation,
        -- a firm without any invoice has no first day: the first month of the data stands for it
        coalesce(d.first_on, date '2016-10-01') as known_on
    from firms as f
    left join first_days as d on f.customer_id = d.customer_id
)

select
    k.customer_id as customer_id,
    'company' as kind,
    k.relation as relation,
    trim(k.name) as name,
    k.known_on as known_on
from known as k
where
    k.known_on >= cast(:known_from as date)
    and k.known_on < cast(:known_before as date)
