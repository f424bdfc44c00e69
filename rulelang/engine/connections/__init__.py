"""Connections to DuckDB and to databases, for reading, deciding and writing alike."""
