"""Lists from a second table: one grouped pass by DuckDB, the same answers and the same account as row by row."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path
from random import Random

import attrs
import duckdb
import pytest

import rulelang
from rulelang.diagnostics.diagnostic import DataError
from rulelang.engine.account.summary import RunSummary
from rulelang.engine.batch import run as batch
from rulelang.engine.reading.joined import ListTable
from rulelang.engine.run import RunOptions, run
from rulelang.engine.sources.opening import open_source

AS_OF = date(2026, 6, 1)
RULES = """
field customer (客户): text
field city: text
field limit: number
field orders (订单): list of order (paid_on: date, amount: money in CNY, channel: one of online, store,
  items: whole number, gift: yes or no)
outcome tier: one of gold, silver, bronze, else bronze
outcome score: whole number, sum
outcome busy: text
outcome last: date
outcome mean: number with 2 decimals
outcome share: text
rule "gold": if sum of orders.amount within the last 12 months >= 300 and count of orders is at least 3 then tier = gold
otherwise if any order has (amount >= 100 and channel is online) then tier = silver
rule "every": if every order has (amount > 5) then add 1 to score
rule "none": if no order has (gift is yes) then add 2 to score
rule "kinds": if distinct count of orders.channel >= 2 then add 4 to score
rule "large": if largest of orders.amount > limit then add 8 to score
rule "small": if smallest of orders.items where (channel is store) < 3 then add 16 to score
rule "busy": if at least 3 orders where (amount >= 10) within any 7 days then busy = "week"
otherwise if at least 2 orders within any 1 months then busy = "month"
rule "last": if latest of orders.paid_on > 30 days then last = latest of orders.paid_on
rule "mean": if average of orders.amount > 60.5 then mean = average of orders.amount
rule "value": if sum of orders.amount / sum of orders.items > 20 then share = "much"
otherwise if orders is empty then share = "nothing"
"""


def customers(path: Path, count: int) -> None:
    dice = Random(1)
    with open(path, "w", encoding="utf-8", newline="") as file:
        odd = ("x" if n % 50 == 7 else dice.choice(("50", "", "99.5", "1")) for n in range(count))
        rows = ([f"C{n}", dice.choice(("Rome", "", "北京")), limit] for n, limit in enumerate(odd))
        csv.writer(file).writerows([["customer", "city", "limit"], *rows, ["", "Rome", "1"], ["C1", "Rome", "2"]])


def orders(path: Path, count: int, whose: int, awkward: bool = True) -> None:
    dice = Random(2)

    def order(n: int) -> list[str]:
        day = AS_OF - timedelta(days=dice.choice((0, 1, 6, 7, 8, 29, 30, 31, 32, 90, 364, 365, 366, 400)))
        amount = dice.choice(("10", "9.99", "100.00", "99.9999", "120", "60.5", "-5"))
        row = [
            f"C{dice.randrange(whose)}",
            day.isoformat(),
            amount,
            dice.choice(("online", "store")),
            str(n % 5),
            "yes",
        ]
        row[5] = dice.choice(("yes", "no", "no", "no"))
        if awkward and dice.random() < 0.1:
            place = dice.randrange(6)
            row[place] = dice.choice(("", "", "x", "1e2", " C3 ", "31/01/2026", "2026年1月31日", "1,000"))
        return row

    with open(path, "w", encoding="utf-8", newline="") as file:
        head = ["customer", "paid_on", "amount", "channel", "items", "gift"]
        csv.writer(file).writerows([head, *(order(n) for n in range(count))])


def alike(folder: Path, rules: str = RULES, ending: str = ".csv", target: str = ".csv") -> RunSummary:
    """Both engines write the same and give the same account."""
    found = []
    for engine in ("python", "duckdb"):
        data, second = folder / f"customers{ending}", folder / f"orders{ending}"
        result, rejects = folder / f"{engine}{target}", folder / f"{engine}.rejects.csv"
        with open_source(data) as source, open_source(second) as table:
            lists = (ListTable("orders", table, ("customer", "customer")),)
            options = RunOptions(AS_OF, lists=lists, engine=engine)
            summary = run(rulelang.loads(rules), source, options, result, rejects)
        assert "decided-by-python" not in {each.code for each in summary.notes}
        notes = tuple(each for each in summary.notes if each.code != "rows-by-python")
        found.append(attrs.evolve(summary, target=None, rejects=None, notes=notes))
    for name in (f"python{target}", "python.rejects.csv"):
        assert (folder / name).read_bytes() == (folder / name.replace("python", "duckdb")).read_bytes()
    assert found[0] == found[1]
    return found[1]


@pytest.mark.parametrize("full", [False, True])
def test_what_lists_come_to(tmp_path: Path, full: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Aggregates, quantifiers, windows that roll; records with gaps, keys of nobody, customers without records."""
    if full:
        monkeypatch.setattr(batch, "find_patterns", lambda *_: None)
    customers(tmp_path / "customers.csv", 200)
    orders(tmp_path / "orders.csv", 700, 250)
    summary = alike(tmp_path)
    assert summary.lists[0].rejected > 5
    assert summary.lists[0].without_customer > 50
    assert 4 == summary.rejected


def test_most_customers_are_not_asked_of_python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    customers(tmp_path / "customers.csv", 5)
    orders(tmp_path / "orders.csv", 40, 5, awkward=False)
    for name in ("customers", "orders"):
        duckdb.execute(f"COPY (FROM '{tmp_path / name}.csv') TO '{tmp_path / name}.parquet'")
    rules = RULES.replace(" / sum of orders.items > 20", " > 20")  # a division by zero is reported with its row
    alike(tmp_path, rules, ".parquet")
    monkeypatch.setattr("rulelang.engine.running.row_run.RowRun.read", None)
    with open_source(tmp_path / "customers.parquet") as source, open_source(tmp_path / "orders.parquet") as table:
        lists = (ListTable("orders", table, ("customer", "customer")),)
        summary = run(rulelang.loads(rules), source, RunOptions(AS_OF, lists=lists, engine="duckdb"))
    assert 7 == summary.decided


def test_what_sql_cannot_find_in_a_list_is_refused_by_name(tmp_path: Path) -> None:
    customers(tmp_path / "customers.csv", 5)
    orders(tmp_path / "orders.csv", 9, 5)
    rules = RULES + 'rule "run": if at least 3 orders where (gift is yes) in a row then busy = "run"\n'
    with open_source(tmp_path / "customers.csv") as source, open_source(tmp_path / "orders.csv") as table:
        lists = (ListTable("orders", table, ("customer", "customer")),)
        with pytest.raises(DataError) as raised:
            run(rulelang.loads(rules), source, RunOptions(AS_OF, lists=lists, engine="duckdb"))
    assert ["engine-cannot"] == [each.code for each in raised.value.diagnostics]
