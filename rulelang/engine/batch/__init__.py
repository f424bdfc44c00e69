"""Millions of rows: DuckDB decides what SQL can carry, and asks the generated Python for every other row."""
