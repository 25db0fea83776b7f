-- One row a customer with a relation known before :as_of: what it brought in the last twelve months of the books, less the loss that is expected
-- of it in the next twelve, with every part: risk_adjusted_contribution = contribution_12m + provision_12m - expected_loss, to the cent.
-- The books' risk cost is what was written off and what the provision grew by. The provision is itself a guess at the loss to come, so it is put
-- back (provision_12m) where expected loss takes its place; what was written off is lost and stays a cost. No loss is counted twice.
-- expected_loss = exposure_amount * default_probability_12m * loss_given_default_ratio. The probability is that of distress within six months, as
-- the run's model says, over two times six months: 1 - (1 - p)^2, of six decimals; distress is more than default, so the loss is rather over- than
-- understated. The ratio is the share of the exposure that no collateral covers, times :base_loss_share. Who owes nothing loses nothing, whatever
-- its score; who owes and has no score has no expected loss (null, never zero), and the cause names why.
with current_customers as (
    select n.customer_id
    from current.customers(:as_of) as n
    where n.relation = 'customer'
),

books as (
    select
        b.key as customer_id,
        b.month,
        b.contribution,
        b.risk_cost
    from crm.contributions_v1 as b
    where b.run_id = :run_id and b.level = 'customer' and b.span_months = 12
),

last_book as materialized (
    select max(b.month) as month
    from books as b
),

-- of the same twelve months as the books
written as (
    select
        n.customer_id,
        sum(coalesce(n.written_off_amount, 0)) as written_off_amount
    from last_book as t
    cross join current.loan_months(:as_of, cast(t.month - interval '12' month as date), t.month) as n
    group by n.customer_id
),

parts as (
    select
        c.customer_id,
        b.contribution,
        b.risk_cost,
        x.exposure_amount,
        x.collateral_value,
        case when x.exposure_amount is not null and b.customer_id is not null then coalesce(w.written_off_amount, 0) end as written_off_amount,
        case when x.exposure_amount > 0 then greatest(x.exposure_amount - x.collateral_value, 0) end as uncovered_amount,
        cast(1 - (1 - s.score) * (1 - s.score) as numeric(9, 6)) as probability,
        case
            when b.customer_id is null then 'accounting_not_received'
            when x.exposure_amount is null then 'loans_not_received'
            when x.exposure_amount > 0 and s.score is null then coalesce(s.cause, 'not_applicable')
        end as cause
    from current_customers as c
    left join books as b on c.customer_id = b.customer_id
    left join crm.limits_v1 as x on c.customer_id = x.key and x.level = 'customer' and x.run_id = :run_id
    left join written as w on c.customer_id = w.customer_id
    left join crm.scores_v1 as s
        on c.customer_id = s.customer_id and s.run_id = :run_id and s.model_name = 'key_account_distress'
),

weighed as (
    select
        p.customer_id,
        p.contribution,
        p.exposure_amount,
        p.collateral_value,
        p.probability,
        p.uncovered_amount,
        p.written_off_amount,
        p.risk_cost - p.written_off_amount as provision,
        cast(
            case
                when p.exposure_amount = 0 then 0
                else p.probability * cast(:base_loss_share as numeric(9, 6)) * p.uncovered_amount
            end as numeric(18, 2)
        ) as expected_loss,
        p.cause
    from parts as p
)

select
    :run_id as run_id,
    w.customer_id,
    cast(:as_of as date) as as_of,
    w.contribution as contribution_12m,
    w.exposure_amount,
    w.collateral_value,
    cast(w.probability as double precision) as default_probability_12m,
    cast(w.uncovered_amount as double precision) / nullif(cast(w.exposure_amount as double precision), 0)
    * cast(cast(:base_loss_share as numeric(9, 6)) as double precision) as loss_given_default_ratio,
    w.expected_loss,
    cast(w.written_off_amount as numeric(18, 2)) as written_off_amount_12m,
    cast(w.provision as numeric(18, 2)) as provision_12m,
    cast(w.contribution + w.provision - w.expected_loss as numeric(18, 2)) as risk_adjusted_contribution,
    w.cause,
    :rule_version as rule_version
from weighed as w
