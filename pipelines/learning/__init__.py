"""Training: populations, examples, the train step, and the model registry."""
