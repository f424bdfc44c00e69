"""Why an answer came out as it did: winner, losers, what each condition saw."""
