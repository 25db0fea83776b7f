"""A small seeded bank: what a newcomer's warehouse is filled from. It imports nothing of the pipeline."""
