"""Where rules run: rows in, decisions out; sources, sinks and data quality."""
