"""Monthly facts and customer features: the queries that fill them, batch by batch, and the feature dictionary."""
