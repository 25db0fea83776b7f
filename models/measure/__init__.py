"""What a model is worth: metrics with intervals, the rolling test, the gate, and the model card."""
