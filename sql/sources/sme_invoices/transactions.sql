-- one row an invoice, full duplicates included (landing keeps one and counts them); known in [:known_from, :known_before)
with invoices as (
    select
        'sale' as side,
        'a1' as part,
        o.企业代号 as firm,
        o.发票号码 as number,
        o.开票日期 as invoiced_on,
        o.购方单位代号 as partner,
        o.金额 as net,
        o.税额 as tax,
        o.价税合计 as gross,
        trim(o.发票状态) as status
    from a1_output_invoices as o
    union all
    select
        'sale' as side,
        'a2' as part,
        o.企业代号 as firm,
        o.发票号码 as number,
        o.开票日期 as invoiced_on,
        o.购方单位代号 as partner,
        o.金额 as net,
        o.税额 as tax,
        o.价税合计 as gross,
        trim(o.发票状态) as status
    from a2_output_invoices as o
    union all
    select
        'purchase' as side,
        'a1' as part,
        i.企业代号 as firm,
        i.发票号码 as number,
        i.开票日期 as invoiced_on,
        i.销方单位代号 as partner,
        i.金额 as net,
        i.税额 as tax,
        i.价税合计 as gross,
        trim(i.发票状态) as status
    from a1_input_invoices as i
    union all
    select
        'purchase' as side,
        'a2' as part,
        i.企业代号 as firm,
        i.发票号码 as number,
        i.开票日期 as invoiced_on,
        i.销方单位代号 as partner,
        i.金额 as net,
        i.税额 as tax,
        i.价税合计 as gross,
        trim(i.发票状态) as status
    from a2_input_invoices as i
),

typed as (
    select
        i.side,
        i.part,
        i.firm,
        i.number,
        i.partner,
        i.status,
        cast(i.invoiced_on as date) as booked_on,
        cast(i.net as numeric(18, 2)) as net_amount,
        -- a number may return on another day, to another partner or with another amount: only the whole row is a key
        md5(concat_ws('|', i.invoiced_on, i.partner, i.net, i.tax, i.gross, i.status)) as digest
    from invoices as i
)

select
    t.side || '-' || t.firm || '-' || t.number || '-' || substring(t.digest, 1, 12) as transaction_id,
    t.firm as customer_id,
    t.booked_on as booked_on,
    case when t.side = 'sale' then t.net_amount else -t.net_amount end as amount,
    case
        -- many void invoices were set to zero: they keep their side, so that voids can be counted by it
        when t.net_amount = 0 and t.status <> '作废发票' then 'other'
        when t.side = 'sale' and t.net_amount >= 0 then 'receipt'
        when t.side = 'sale' then 'receipt_return'
        when t.net_amount >= 0 then 'payment'
        else 'payment_return'
    end as kind,
    t.part || '-' || t.partner as counterparty_id,
    -- an unknown status stays null, which landing refuses: better a stopped run than a guess
    case when t.status = '作废发票' then true when t.status = '有效发票' then false end as is_void,
    t.booked_on as known_on
from typed as t
where
    t.booked_on >= cast(:known_from as date)
    and t.booked_on < cast(:known_before as date)
