"""Times whole files beside SQL written by hand and a plain copy: ``python -m tests.benchmarks.batch [--rows 1000000]``.

Three outcomes from fourteen rules, Parquet to Parquet or with ``--format csv`` text to text; one value in twenty is
missing. The run as a whole gives the account of it as well: classes, standings, missing values, rules that never fired.
All contestants write the same.
"""

from __future__ import annotations

import datetime
import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import duckdb

import rulelang
from rulelang.engine.run import run_file

AS_OF = datetime.date(2026, 6, 30)
ROUNDS = 5
FIELDS = """\
field last_purchase: date
field spend_12m: money in CNY, at least 0
field orders_12m: whole number
field country: one of CN, DE, US, FR, JP
field vip: yes or no
field complaints: whole number
"""
RULES = (
    FIELDS
    + """\
outcome lifecycle: one of lost, silent, active, new, prospective, else prospective
outcome tier: one of platinum, gold, silver, bronze, else bronze
outcome risk_score: whole number, sum, at most 100
if last_purchase > 365 days then lifecycle = lost
if last_purchase > 180 days and orders_12m < 3 then lifecycle = silent
if last_purchase within the last 30 days and orders_12m = 1 then lifecycle = new
if last_purchase within the last 90 days and orders_12m >= 3 then lifecycle = active
if last_purchase > 90 days then lifecycle = silent
if spend_12m >= 100,000 and orders_12m >= 12 then tier = platinum
if vip and spend_12m >= 50,000.50 then tier = platinum
if vip then tier = gold
if country is one of DE, US, FR and spend_12m >= 20,000 then tier = gold
if spend_12m >= 5,000 or orders_12m >= 6 then tier = silver
if complaints >= 3 then add 30 to risk_score
if complaints between 1 and 2 then add 10 to risk_score
if country is not one of CN, JP and orders_12m < 2 then add 25 to risk_score
if spend_12m > 80,000 and last_purchase > 270 days then add 50 to risk_score
"""
)
BY_HAND = """
CASE WHEN last_purchase < DATE '2025-06-30' THEN 'lost'
  WHEN last_purchase < DATE '2026-01-01' AND orders_12m < 3 THEN 'silent'
  WHEN last_purchase BETWEEN DATE '2026-05-31' AND DATE '2026-06-30' AND orders_12m = 1 THEN 'new'
  WHEN last_purchase BETWEEN DATE '2026-04-01' AND DATE '2026-06-30' AND orders_12m >= 3 THEN 'active'
  WHEN last_purchase < DATE '2026-04-01' THEN 'silent' ELSE 'prospective' END AS lifecycle,
CASE WHEN spend_12m >= 100000 AND orders_12m >= 12 THEN 'platinum' WHEN vip AND spend_12m >= 50000.50 THEN 'platinum'
  WHEN vip THEN 'gold' WHEN country IN ('DE', 'US', 'FR') AND spend_12m >= 20000 THEN 'gold'
  WHEN spend_12m >= 5000 OR orders_12m >= 6 THEN 'silver' ELSE 'bronze' END AS tier,
CAST(LEAST(100, CASE WHEN complaints >= 3 THEN 30 ELSE 0 END + CASE WHEN complaints BETWEEN 1 AND 2 THEN 10 ELSE 0 END
  + CASE WHEN country NOT IN ('CN', 'JP') AND orders_12m < 2 THEN 25 ELSE 0 END
  + CASE WHEN spend_12m > 80000 AND last_purchase < DATE '2025-10-03' THEN 50 ELSE 0 END) AS BIGINT) AS risk_score
"""


@click.command()
@click.option("--rows", default=1_000_000, show_default=True, help="How many customers.")
@click.option("--format", "format_", type=click.Choice(["parquet", "csv"]), default="parquet", show_default=True)
@click.option("--rounds", default=ROUNDS, show_default=True, help="How often each has its turn.")
def main(rows: int, format_: str, rounds: int) -> None:
    """Prints the seconds of each contestant, and how many times as long as by hand, in wall and in processor time."""
    with tempfile.TemporaryDirectory(prefix="rulelang-benchmark-") as name:
        folder = Path(name)
        data, hand, own, copy = (folder / f"{each}.{format_}" for each in ("customers", "hand", "own", "copy"))
        customers(folder / "customers.parquet", rows)
        if format_ == "csv":
            copied("*", folder / "customers.parquet", data)
        rules = rulelang.loads(RULES)
        contestants: dict[str, Callable[[], Any]] = {
            "SQL by hand": lambda: copied(f"*, {BY_HAND}", data, hand),
            "rulelang": lambda: run_file(rules, data, own, as_of=AS_OF, engine="duckdb"),
            "a plain copy": lambda: copied("*", data, copy),
        }
        times = in_turns(contestants, rounds)
        if rows <= 2_000_000:
            require_same(hand, own)
        report(times, rows)


def customers(path: Path, rows: int) -> None:
    """A file of customers, the same every time."""

    def known(place: int) -> str:
        return f"CASE WHEN (hash(i) // {20**place}) % 20 > 0 THEN"

    duckdb.execute(
        f"""COPY (SELECT i AS customer_id, 'Customer ' || i AS name,
        {known(0)} DATE '2026-06-30' - CAST(hash(i * 7 + 1) % 600 AS INTEGER) END AS last_purchase,
        {known(1)} CAST(exp(6 + (hash(i * 7 + 2) % 1000000) / 1000000.0 * 7) AS DECIMAL(14, 2)) END AS spend_12m,
        {known(2)} CAST(hash(i * 7 + 3) % 20 AS INTEGER) END AS orders_12m,
        {known(3)} ['CN', 'DE', 'US', 'FR', 'JP'][CAST(hash(i * 7 + 4) % 5 AS INTEGER) + 1] END AS country,
        hash(i * 7 + 5) % 20 = 0 AS vip,
        {known(4)} CAST(greatest(0, CAST(hash(i * 7 + 6) % 12 AS BIGINT) - 7) AS INTEGER) END AS complaints
        FROM range({rows}) t(i)) TO '{path}' (FORMAT parquet, COMPRESSION snappy)"""
    )


def copied(items: str, source: Path, target: Path) -> None:
    """A query over all rows, written as a file."""
    with duckdb.connect() as connection:
        connection.execute("SET memory_limit = '1GB'")
        form = "FORMAT csv, HEADER true" if target.suffix == ".csv" else "FORMAT parquet, COMPRESSION snappy"
        connection.execute(f"COPY (SELECT {items} FROM '{source}') TO '{target}' ({form})")


def in_turns(contestants: dict[str, Callable[[], Any]], rounds: int = ROUNDS) -> dict[str, list[tuple[float, float]]]:
    """Wall and processor seconds of every contestant in every round; who begins changes with the rounds."""
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in contestants}
    for number in range(rounds):
        order = list(contestants)
        for name in order[number % len(order) :] + order[: number % len(order)]:
            wall, processor = time.perf_counter(), time.process_time()
            contestants[name]()
            times[name].append((time.perf_counter() - wall, time.process_time() - processor))
    return times


def require_same(expected: Path, found: Path, *rounded: str) -> None:
    """Ends with a message where two files don't have the same rows; columns may be compared ``rounded``."""
    items = "".join(f", {each} AS {each.split('(')[-1].split(',')[0]}" for each in rounded)
    replaced = f" REPLACE ({items[2:]})" if rounded else ""
    one, other = (f"SELECT *{replaced} FROM '{each}'" for each in (expected, found))
    if duckdb.execute(f"SELECT count(*) FROM (({one}) EXCEPT ({other}))").fetchall() != [(0,)]:
        raise SystemExit("not the same answers")


def report(times: dict[str, list[tuple[float, float]]], rows: int) -> None:
    reference = next(iter(times.values()))
    click.echo(f"{rows:,} rows, medians of {len(reference)} rounds\n")
    click.echo(f"  {'':<24}{'seconds':>9}{'× by hand':>11}{'processor':>11}{'× by hand':>11}")
    for name, found in times.items():
        cells = []
        for place in (0, 1):
            seconds = statistics.median(each[place] for each in found)
            ratio = statistics.median(each[place] / other[place] for each, other in zip(found, reference, strict=True))
            cells.append(f"{seconds:{9 if place == 0 else 11}.2f}{ratio:>11.2f}")
        click.echo(f"  {name:<24}{''.join(cells)}")
    click.echo(f"\n  peak memory of all contestants: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024:,} MB")


if __name__ == "__main__":
    main()
