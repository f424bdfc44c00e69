"""Fields, outcomes, lists and choices: the names a rule file may use."""
