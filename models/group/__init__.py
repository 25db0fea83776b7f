"""Groups of customers: segments by similarity, and groups connected by ownership or guarantees."""
