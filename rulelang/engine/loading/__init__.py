"""From a name, a path or a text to a ruleset; what was compiled before is found again."""
