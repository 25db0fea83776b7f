-- one row a file and oddity; invoices dated in [:known_from, :known_before), counted before landing drops or changes any
with invoices as (
    select
        'a1_output' as file,
        企业代号 as firm,
        发票号码 as number,
        开票日期 as invoiced_on,
        购方单位代号 as partner,
        金额 as net,
        税额 as tax,
        价税合计 as gross,
        发票状态 as status
    from a1_output_invoices
    union all
    select
        'a2_output' as file,
        企业代号 as firm,
        发票号码 as number,
        开票日期 as invoiced_on,
        购方单位代号 as partner,
        金额 as net,
        税额 as tax,
        价税合计 as gross,
        发票状态 as status
    from a2_output_invoices
    union all
    select
        'a1_input' as file,
        企业代号 as firm,
        发票号码 as number,
        开票日期 as invoiced_on,
        销方单位代号 as partner,
        金额 as net,
        税额 as tax,
        价税合计 as gross,
        发票状态 as status
    from a1_input_invoices
    union all
    select
        'a2_input' as file,
        企业代号 as firm,
        发票号码 as number,
        开票日期 as invoiced_on,
        销方单位代号 as partner,
        金额 as net,
        税额 as tax,
        价税合计 as gross,
        发票状态 as status
    from a2_input_invoices
),

distinct_rows as (
    select
        i.file,
        i.status,
        cast(i.net as numeric(18, 2)) as net_amount,
        cast(i.tax as numeric(18, 2)) as tax_amount,
        cast(i.gross as numeric(18, 2)) as gross_amount,
        count(*) as copies
    from invoices as i
    where
        cast(i.invoiced_on as date) >= cast(:known_from as date)
        and cast(i.invoiced_on as date) < cast(:known_before as date)
    group by i.file, i.firm, i.number, i.invoiced_on, i.partner, i.net, i.tax, i.gross, i.status
),

files as (
    select
        d.file,
        sum(d.copies) as row_count,
        sum(d.copies - 1) as duplicate_count,
        sum(case when trim(d.status) = '作废发票' then d.copies else 0 end) as void_count,
        sum(case when trim(d.status) = '有效发票' and d.net_amount < 0 then d.copies else 0 end) as return_count,
        sum(case when d.net_amount = 0 then d.copies else 0 end) as zero_count,
        sum(case when d.status <> trim(d.status) then d.copies else 0 end) as blank_count,
        sum(case when d.net_amount + d.tax_amount <> d.gross_amount then d.copies else 0 end) as mismatch_count
    from distinct_rows as d
    group by d.file
),

counted as (
    select
        f.file as file,
        'rows' as oddity,
        'all invoices of the file' as note,
        f.row_count as row_count
    from files as f
    union all
    select
        f.file as file,
        'duplicate' as oddity,
        'the same whole row again: landed once' as note,
        f.duplicate_count as row_count
    from files as f
    union all
    select
        f.file as file,
        'void' as oddity,
        'status void: landed with is_void, no flow' as note,
        f.void_count as row_count
    from files as f
    union all
    select
        f.file as file,
        'return' as oddity,
        'valid and negative: landed as a return' as note,
        f.return_count as row_count
    from files as f
    union all
    select
        f.file as file,
        'zero' as oddity,
        'net amount zero: void ones landed by side, valid ones as kind other' as note,
        f.zero_count as row_count
    from files as f
    union all
    select
        f.file as file,
        'blank_status' as oddity,
        'blanks around the status: trimmed' as note,
        f.blank_count as row_count
    from files as f
    union all
    select
        f.file as file,
        'tax_mismatch' as oddity,
        'net + tax differs from gross: net is taken' as note,
        f.mismatch_count as row_count
    from files as f
)

select
    c.file || '.' || c.oddity as subject,
    c.note as note,
    cast(c.row_count as bigint) as row_count
from counted as c
