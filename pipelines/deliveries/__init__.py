"""Deliveries: what each month brought to landing, the bands learnt from the months before, and acceptances."""
