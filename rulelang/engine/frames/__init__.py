"""Tables in memory: Arrow, pandas, polars and DuckDB's relations in, the same kind out."""
