"""Plan to Python: one readable source text per ruleset, compiled once and bound to each as-of date."""
