"""What a model is: the declarations, the catalog of models, and the examples that a model takes."""
