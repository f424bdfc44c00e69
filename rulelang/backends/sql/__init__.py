"""Plan to SQL: one query per ruleset and as-of date, in the dialect of the database that runs it."""
