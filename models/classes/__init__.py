"""Relationship classes: the transition table, exit plans, and the measure of how early classes warn."""
