"""A table of customers in each kind of database."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from attrs import frozen

CUSTOMERS = """
INSERT INTO customers VALUES
  (1, 'gold', 100.25, '2026-01-31', 'London', {yes}),
  (2, '金',   NULL,   '2024-02-29', '北京',   {no}),
  (3, NULL,   99.99,  NULL,         ' Paris ', NULL),
  (4, 'tin',  5000,   '2026-06-30', 'paris',  {yes}),
  (5, 'low',  -5,     '2027-01-01', '',       {no}),
  (6, 'gold', 0,      '2025-06-30', NULL,     {yes})
"""


@frozen
class Base:
    """A database: its address without a table, and a way to speak to it."""

    kind: str
    url: str
    ask: Callable[[str], list[tuple[Any, ...]]]

    def at(self, table: str) -> str:
        return f"{self.url}?table={table}"

    def tables(self) -> set[str]:
        names = {
            "postgresql": "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'",
            "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table'",
        }
        return {str(row[0]) for row in self.ask(names[self.kind])}


@pytest.fixture(params=["postgresql", "sqlite"])
def base(request: pytest.FixtureRequest, tmp_path: Path) -> Base:
    """A database with the customers, and nothing else in it."""
    if request.param == "sqlite":
        file = tmp_path / "bank.db"

        def ask(text: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
            connection = sqlite3.connect(file)
            try:
                with connection:
                    return connection.execute(text, values).fetchall()
            finally:
                connection.close()

        found = Base("sqlite", f"sqlite:///{file}", ask)
        yes, no = "1", "0"
    else:
        import psycopg

        url = request.getfixturevalue("postgres_url")

        def ask(text: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
            with psycopg.connect(url, autocommit=True) as connection:
                cursor = connection.execute(text.encode())
                return list(cursor.fetchall()) if cursor.description else []

        ask("DROP SCHEMA public CASCADE")
        ask("CREATE SCHEMA public")
        found = Base("postgresql", url, ask)
        yes, no = "TRUE", "FALSE"
    found.ask("CREATE TABLE customers (id INTEGER, level TEXT, spend NUMERIC, seen DATE, city TEXT, vip BOOLEAN)")
    found.ask(CUSTOMERS.format(yes=yes, no=no))
    return found
