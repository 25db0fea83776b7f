"""Drills: what goes wrong in a bank, done on purpose to a small simulated one, and what the CRM reads meanwhile."""
