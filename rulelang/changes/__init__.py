"""What two versions of a ruleset differ in, and models that have some of the differences and not the others."""
