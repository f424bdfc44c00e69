"""A public data set: 6,919 raw transactions of 2,357 customers against the published frequency, recency and T.

Skipped where the data (CDNOW sample, as published with Lifetimes) is not at hand; ``RULELANG_DATA`` names its folder.
"""

from __future__ import annotations

import csv
import os
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from rulelang.engine.loading.opening import load
from rulelang.engine.reading.joined import ListTable
from rulelang.engine.run import RunOptions, run
from rulelang.engine.sources.opening import open_source

FOLDER = Path(os.environ.get("RULELANG_DATA") or Path(__file__).resolve().parents[3] / "shared" / "data") / "cdnow"
TRANSACTIONS, PUBLISHED = FOLDER / "CDNOW_sample.txt", FOLDER / "cdnow_customers_summary.csv"
HERE = Path(__file__).parent
FILES = ("cdnow.rules", "cdnow.zh.rules")
CUSTOMERS = 2357

pytestmark = pytest.mark.skipif(not TRANSACTIONS.exists(), reason="the CDNOW data is not at hand")


def transactions() -> list[tuple[str, date, str, str]]:
    """Customer, day, discs and amount of each line: ``00004 0001 19970101  2   29.33``."""
    lines = (line.split() for line in TRANSACTIONS.read_text("ascii").splitlines() if line.strip())
    return [
        (str(int(customer)), date(int(day[:4]), int(day[4:6]), int(day[6:])), discs, amount)
        for _, customer, day, discs, amount in lines
    ]


def decided(folder: Path, name: str, as_of: date) -> dict[str, dict[str, str]]:
    """The result of a run over the customers, with their transactions as a second table, by customer."""
    orders, customers, result = folder / "orders.csv", folder / "customers.csv", folder / "result.csv"
    with orders.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("id", "paid_on", "discs", "amount"))
        rows.writerows(transactions())
    customers.write_text("id\n" + "".join(f"{each}\n" for each in range(1, CUSTOMERS + 1)), "utf-8")
    with open_source(customers) as source, open_source(orders) as table:
        options = RunOptions(as_of=as_of, lists=(ListTable("orders", table, ("id", "id")),), language="en")
        summary = run(load(HERE / name), source, options, result)
    assert (CUSTOMERS, 0) == (summary.rows, summary.rejected)
    (table,) = summary.lists
    assert (6919, 0, 0) == (table.rows, table.rejected, table.without_customer)
    # Of the transactions those after the day are in the future, which is said; the rules leave them out.
    later = any(day > as_of for _, day, _, _ in transactions())
    assert ["future-date"] * later == [each.diagnostic.code for each in summary.findings]
    assert () == summary.unused_columns
    with result.open(encoding="utf-8", newline="") as file:
        return {row["id"]: row for row in csv.DictReader(file)}


@pytest.mark.parametrize("name", FILES)
def test_frequency_recency_and_t_are_as_published(name: str, tmp_path: Path) -> None:
    with PUBLISHED.open(encoding="utf-8", newline="") as file:
        published = {
            row["ID"]: tuple(Decimal(row[each]) for each in ("frequency", "recency", "T"))
            for row in csv.DictReader(file)
        }
    found = {
        key: tuple(Decimal(row[each]) for each in ("frequency", "recency", "T"))
        for key, row in decided(tmp_path, name, date(1997, 9, 30)).items()
    }
    assert CUSTOMERS == len(found)
    assert published == found


@pytest.mark.parametrize("name", FILES)
def test_the_life_cycle_is_what_a_plain_loop_finds(name: str, tmp_path: Path) -> None:
    as_of = date(1998, 6, 30)
    days: dict[str, list[date]] = {str(each): [] for each in range(1, CUSTOMERS + 1)}
    for customer, day, _, _ in transactions():
        days[customer].append(day)

    def stage(bought: list[date]) -> str:
        if min(bought) >= as_of - timedelta(days=90):
            return "new"
        if max(bought) >= date(1998, 3, 30):  # 30 March + 3 months is 30 June
            return "active"
        return "silent" if max(bought) >= date(1997, 6, 30) else "lost"

    expected = {customer: stage(bought) for customer, bought in days.items()}
    assert expected == {customer: row["lifecycle"] for customer, row in decided(tmp_path, name, as_of).items()}
    # Of people who all began to buy in the first quarter of 1997 nobody is new fifteen months later.
    assert {"active": 306, "silent": 512, "lost": 1539} == Counter(expected.values())


def test_both_languages_mean_the_same() -> None:
    english, chinese = (load(HERE / each) for each in FILES)
    assert english.fingerprint == chinese.fingerprint
