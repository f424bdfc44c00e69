"""Model to plan: the few operations every back end implements."""
