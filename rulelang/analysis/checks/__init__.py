"""What is asked of every ruleset, a file per question."""
