"""Tree to model: names, types, units, order and inference."""
