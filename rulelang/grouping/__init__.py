"""Groups of similar customers: found by clustering, each described by a rule that can be read and run."""
