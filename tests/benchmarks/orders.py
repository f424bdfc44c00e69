"""Times twenty aggregates over the orders of many customers beside grouped SQL written by hand, Parquet to Parquet.

``python -m tests.benchmarks.orders [--customers 1000000]``, twenty transactions each. The run reports as well what a
run always reports: classes, standings, rows without a customer. Both write the same.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import duckdb

import rulelang
from rulelang.engine.reading.joined import ListTable
from rulelang.engine.ruleset import Ruleset
from rulelang.engine.run import RunOptions, run
from rulelang.engine.sources.opening import open_source
from tests.benchmarks.batch import ROUNDS, in_turns, report, require_same
from tests.benchmarks.lists import AGGREGATES, AS_OF

EACH = 20
RULES = "".join(
    [
        "field customer: whole number\n",
        "field transactions: list of transaction (made_on: date, amount: money in CNY, at least 0, at most 1,000,000, ",
        "direction: one of in, out, method: one of cash, card, transfer, country: text)\n",
        *(
            f"outcome a{place}: {'money in CNY' if kind == 'number' else kind}\nalways a{place} = {text}\n"
            for place, (kind, text) in enumerate(AGGREGATES)
        ),
    ]
)
_LAST = "made_on BETWEEN DATE '2026-01-01' - {} AND DATE '2026-01-01'"
_30, _90 = (_LAST.format(days) for days in (30, 90))
_YEAR = "made_on BETWEEN DATE '2025-01-01' AND DATE '2026-01-01'"
_IN = "FILTER (WHERE direction = 'in')"
BY_HAND = (
    "count(*)",
    f"count(*) FILTER (WHERE {_30})",
    f"count(*) FILTER (WHERE {_90})",
    "count(*) FILTER (WHERE method = 'cash')",
    f"count(*) FILTER (WHERE method = 'cash' AND amount >= 9000 AND {_90})",
    "count(*) FILTER (WHERE country <> 'CN')",
    "count(*) FILTER (WHERE direction = 'in' AND amount > 5000)",
    "coalesce(sum(amount), 0)",
    f"coalesce(sum(amount) FILTER (WHERE {_30}), 0)",
    "coalesce(sum(amount) FILTER (WHERE direction = 'in'), 0)",
    "coalesce(sum(amount) FILTER (WHERE direction = 'out'), 0)",
    f"coalesce(sum(amount) FILTER (WHERE method = 'cash' AND {_YEAR}), 0)",
    # Rounded half up, exactly: a division of decimals is one of doubles, and cents go missing.
    f"((2 * CAST(100 * sum(amount) {_IN} AS HUGEINT) + count(*) {_IN}) // (2 * count(*) {_IN})) / 100",
    "max(amount)",
    "max(amount) FILTER (WHERE method = 'cash')",
    "min(amount) FILTER (WHERE direction = 'out')",
    "min(made_on)",
    "max(made_on) FILTER (WHERE direction = 'in')",
    "count(DISTINCT country)",
    f"count(DISTINCT country) FILTER (WHERE {_90})",
)


@click.command()
@click.option("--customers", default=1_000_000, show_default=True, help="How many customers.")
@click.option("--rounds", default=ROUNDS, show_default=True, help="How often each has its turn.")
def main(customers: int, rounds: int) -> None:
    """Prints the seconds of both, in wall and in processor time, and how many times as long as by hand."""
    with tempfile.TemporaryDirectory(prefix="rulelang-benchmark-") as name:
        folder = Path(name)
        write(folder, customers)
        rules = rulelang.loads(RULES)
        own = folder / "own.parquet"
        contestants: dict[str, Callable[[], Any]] = {
            "SQL by hand": lambda: by_hand(folder),
            "rulelang": lambda: by_rules(rules, folder, own),
        }
        times = in_turns(contestants, rounds)
        require_same(folder / "hand.parquet", own)
        report(times, customers)


def by_rules(rules: Ruleset, folder: Path, target: Path) -> None:
    """The run."""
    customers, transactions = folder / "customers.parquet", folder / "transactions.parquet"
    with open_source(customers) as source, open_source(transactions) as table:
        lists = (ListTable("transactions", table, ("customer", "customer")),)
        run(rules, source, RunOptions(AS_OF, lists=lists, engine="duckdb"), target)


def write(folder: Path, customers: int) -> None:
    """Customers and their transactions of two years, in no order, the same every time."""
    with duckdb.connect() as connection:
        connection.execute("SET memory_limit = '2GB'")
        connection.execute(f"SET temp_directory = '{folder}'")
        connection.execute(
            f"COPY (SELECT i AS customer, 'Customer ' || i AS name FROM range({customers}) t(i)) "
            f"TO '{folder / 'customers.parquet'}' (FORMAT parquet, COMPRESSION snappy)"
        )
        connection.execute(
            f"""COPY (SELECT CAST(hash(i * 7) % {customers} AS BIGINT) AS customer,
            DATE '2026-01-01' - CAST(hash(i * 7 + 1) % 730 AS INTEGER) AS made_on,
            CAST((1 + hash(i * 7 + 2) % 2000000) / 100.0 AS DECIMAL(14, 2)) AS amount,
            ['in', 'out'][CAST(hash(i * 7 + 3) % 2 AS INTEGER) + 1] AS direction,
            ['cash', 'card', 'transfer'][CAST(hash(i * 7 + 4) % 3 AS INTEGER) + 1] AS method,
            ['CN', 'CN', 'DE', 'US', 'FR', 'JP'][CAST(hash(i * 7 + 5) % 6 AS INTEGER) + 1] AS country
            FROM range({customers * EACH}) t(i)) TO '{folder / "transactions.parquet"}'
            (FORMAT parquet, COMPRESSION snappy)"""
        )


def by_hand(folder: Path) -> None:
    """The same as one query."""
    grouped = ", ".join(f"{text} AS a{place}" for place, text in enumerate(BY_HAND))
    shown = ", ".join(
        f"coalesce(a{place}, 0) AS a{place}" if not text.startswith(("max", "min", "((2")) else f"a{place}"
        for place, text in enumerate(BY_HAND)
    )
    with duckdb.connect() as connection:
        connection.execute("SET memory_limit = '1GB'")
        connection.execute(f"SET temp_directory = '{folder}'")
        connection.execute(
            f"""COPY (SELECT c.*, {shown} FROM '{folder / "customers.parquet"}' AS c LEFT JOIN
            (SELECT customer, {grouped} FROM '{folder / "transactions.parquet"}' GROUP BY customer) AS t
            ON t.customer = c.customer) TO '{folder / "hand.parquet"}' (FORMAT parquet, COMPRESSION snappy)"""
        )


assert len(BY_HAND) == len(AGGREGATES)

if __name__ == "__main__":
    main()
