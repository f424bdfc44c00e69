"""Times very many rules of mixed conditions over whole files beside range joins written by hand, Parquet to Parquet.

``python -m tests.benchmarks.mixed [--rows 1000000] [--rules 10000]``. By hand the first rule that fits is found by a
join of every row with the rules whose range of days it lies in. One value in twenty is missing: the run as a whole
also tells which answers that leaves open. Both write the same answers.
"""

from __future__ import annotations

import datetime
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click
import duckdb

import rulelang
from rulelang.engine.run import run_file
from tests.benchmarks.batch import ROUNDS, in_turns, report, require_same
from tests.benchmarks.workload import FALLBACK, Condition, as_rules, many

AS_OF = datetime.date(2026, 6, 30)


@click.command()
@click.option("--rows", default=1_000_000, show_default=True, help="How many customers.")
@click.option("--rules", "count", default=10_000, show_default=True, help="How many rules.")
@click.option("--rounds", default=ROUNDS, show_default=True, help="How often each has its turn.")
def main(rows: int, count: int, rounds: int) -> None:
    """Prints the seconds of both, and what the first run takes besides, in which the rules are compiled."""
    with tempfile.TemporaryDirectory(prefix="rulelang-benchmark-") as name:
        folder = Path(name)
        data, own = folder / "customers.parquet", folder / "own.parquet"
        customers(data, rows)
        chosen = many(count)
        rules = rulelang.loads(as_rules(chosen))

        def by_rules() -> None:
            run_file(rules, data, own, as_of=AS_OF, engine="duckdb")

        start = time.process_time()
        by_rules()
        first = time.process_time() - start
        contestants: dict[str, Callable[[], Any]] = {
            "range join by hand": lambda: by_hand(chosen, data, folder / "hand.parquet"),
            "rulelang": by_rules,
        }
        times = in_turns(contestants, rounds)
        require_same(folder / "hand.parquet", own)
        report(times, rows)
        click.echo(f"  the first run, with compiling {count:,} rules: {first:.2f} seconds of processor")


def customers(path: Path, rows: int) -> None:
    """A file of customers, the same every time."""

    def known(place: int) -> str:
        return f"CASE WHEN (hash(i) // {20**place}) % 20 > 0 THEN"

    duckdb.execute(
        f"""COPY (SELECT i AS customer_id, {known(0)} CAST(hash(i * 7 + 1) % 800 AS INTEGER) END AS days,
        {known(1)} CAST(exp(5 + (hash(i * 7 + 2) % 1000000) / 1000000.0 * 9) AS INTEGER) END AS spend,
        {known(2)} CAST(hash(i * 7 + 3) % 30 AS INTEGER) END AS orders,
        {known(3)} ['CN', 'DE', 'US', 'FR', 'JP'][CAST(hash(i * 7 + 4) % 5 AS INTEGER) + 1] END AS country,
        hash(i * 7 + 5) % 20 = 0 AS vip FROM range({rows}) t(i)) TO '{path}' (FORMAT parquet, COMPRESSION snappy)"""
    )


def by_hand(rules: Sequence[tuple[Sequence[Condition], str]], data: Path, target: Path) -> None:
    """The rules as a table of ranges, joined to the rows."""
    values = []
    for number, (conditions, tier) in enumerate(rules):
        found = {f"{name} {sign}": value for name, sign, value in conditions}
        country = found.get("country ==")
        values.append(
            f"({number}, {found['days >=']}, {found['days <']}, {found['spend >=']}, "
            f"{found.get('orders ==', 'NULL')}, {'NULL' if country is None else repr(country)}, '{tier}')"
        )
    with duckdb.connect() as connection:
        connection.execute("SET memory_limit = '1GB'")
        connection.execute(
            "CREATE TABLE rules AS SELECT * FROM (VALUES "
            f"{', '.join(values)}) v(number, low, high, spend, orders, country, tier)"
        )
        connection.execute(
            f"""COPY (SELECT c.*, coalesce(f.tier, '{FALLBACK}') AS tier FROM '{data}' AS c LEFT JOIN
            (SELECT c.customer_id, arg_min(r.tier, r.number) AS tier FROM '{data}' AS c JOIN rules AS r
            ON c.days >= r.low AND c.days < r.high AND c.spend >= r.spend
            AND (r.orders IS NULL OR r.orders = c.orders) AND (r.country IS NULL OR r.country = c.country)
            GROUP BY 1) AS f ON f.customer_id = c.customer_id)
            TO '{target}' (FORMAT parquet, COMPRESSION snappy)"""
        )


if __name__ == "__main__":
    main()
