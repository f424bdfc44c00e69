"""Apache Spark: SQL decides what it can carry, the generated Python every other row, wherever the session runs."""
