"""Decides where the data is: in PostgreSQL, in an SQLite file."""
