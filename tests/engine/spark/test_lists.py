"""Lists from second tables on Spark: the same answers, the same account and the same rows set aside as row by row."""

from __future__ import annotations

import csv
import re
from collections import Counter
from pathlib import Path
from typing import Any

import attrs
import duckdb
import pytest

import rulelang
from rulelang.engine.account.summary import RunSummary
from rulelang.engine.reading.joined import ListTable
from rulelang.engine.run import RunOptions, run
from rulelang.engine.running.each_output import EachTable
from rulelang.engine.sources.opening import open_source
from tests.engine.batch.test_lists import AS_OF, RULES, customers, orders
from tests.engine.spark.test_run import contents

pytestmark = pytest.mark.xdist_group("spark")  # one session for all of them
EACH = """
outcome order.alert (预警): one of big (大额), gift (礼品), else gift
outcome order.share: number with 3 decimals
outcome order.marks: text, collect
outcome worst: text
for each order:
  if amount > 100 then alert = big, marks = "large" ("大")
  if channel is online then marks = "online" ("线上")
  if amount > 1 then share = items / amount
rule "worst": if any order has (alert is big) then worst = "big"
"""


def rows_of(path: Path) -> Counter[tuple[str, ...]]:
    """The rows of a table of text or of a folder of them, in any order, without numbers of rows; Spark makes no folder
    where no row is set aside.
    """
    if path.is_dir():
        head, *rows = contents(path)
    elif not path.exists():
        return Counter()
    else:
        with open(path, encoding="utf-8", newline="") as file:
            head, *rows = csv.reader(file)
    gone = {head.index(each) for each in ("rejected_row", "rejected_column", "退回行号", "退回列") if each in head}
    kept = [[each for n, each in enumerate(row) if n not in gone] for row in ((head, *rows) if rows else ())]
    return Counter(tuple(re.sub("^Row [0-9]+: t", "T", each) for each in row) for row in kept)


def account(summary: RunSummary) -> RunSummary:
    """What an account counts, without what Spark knows no numbers of or no order."""
    found = [(each.diagnostic.code, each.diagnostic.facts.get("field"), each.count) for each in summary.findings]
    elements = tuple(attrs.evolve(each, targets=()) for each in summary.elements)
    notes = tuple(each for each in summary.notes if each.code not in ("spark-by-python", "left-unchecked"))
    more: dict[str, Any] = {"findings": sorted(found, key=repr), "elements": elements, "notes": notes}
    gone: dict[str, Any] = {"target": None, "rejects": None, "preview": (), "rejections": (), "overruled": ()}
    return attrs.evolve(summary, **gone, **more)


def alike(folder: Path, rules: str, each: bool = False, second: str = "orders.csv", **more: Any) -> RunSummary:
    """Spark and the generated Python write the same and give the same account."""
    found = []
    for engine in ("python", "spark"):
        with open_source(folder / "customers.csv") as source, open_source(folder / second) as table:
            options = RunOptions(AS_OF, engine=engine, quality="off", **more)
            options = attrs.evolve(options, lists=(ListTable("orders", table, ("customer", "customer")),))
            if each:
                options = attrs.evolve(options, each=(EachTable("orders", folder / f"{engine}.each.csv"),))
            target, rejects = folder / f"{engine}.csv", folder / f"{engine}.rejects.csv"
            found.append(account(run(rulelang.loads(rules), source, options, target, rejects)))
    for name in ("python.csv", "python.rejects.csv", *(("python.each.csv",) if each else ())):
        assert rows_of(folder / name) == rows_of(folder / name.replace("python", "spark")), name
    assert found[0] == found[1]
    return found[1]


def test_what_lists_come_to(spark: Any, tmp_path: Path) -> None:
    """Aggregates, quantifiers, windows that roll; records with gaps, keys of nobody, customers without records."""
    customers(tmp_path / "customers.csv", 200)
    orders(tmp_path / "orders.csv", 700, 250)
    with open(tmp_path / "orders.csv", "a", encoding="utf-8") as file:
        file.write("C1,2026-05-01\nC2,2026-05-01,5,online,1,no,too many\n ,2026-05-01,5,online,1,no\n")
    summary = alike(tmp_path, RULES)
    assert summary.lists[0].rejected > 5
    assert summary.lists[0].without_customer > 50
    assert 4 == summary.rejected


def test_records_are_decided_and_written_with_reasons(spark: Any, tmp_path: Path) -> None:
    customers(tmp_path / "customers.csv", 60)
    orders(tmp_path / "orders.csv", 300, 70)
    summary = alike(tmp_path, RULES + EACH, each=True, language="zh", why=True)
    assert summary.elements[0].records > 200
    assert {"decided", "undecided", "provisional", "no rule"} & {
        name for each in summary.elements[0].outcomes for name, count in each.standings.items() if count
    } > {"decided"}


def test_typed_keys_and_records_keep_their_order_over_files(spark: Any, tmp_path: Path) -> None:
    """Keys go by their text; which of equal records comes first is as the files have them."""
    rules = (
        "field orders: list of order (paid_on: date, amount: money)\noutcome o: money\n"
        "outcome run: yes or no, else no\nalways o = amount of the latest of orders\n"
        "if at least 2 orders where (amount > 5) in a row then run = yes"
    )
    (tmp_path / "customers.csv").write_text("customer\n" + "".join(f"{n}\n" for n in range(40)), "utf-8")
    (tmp_path / "orders").mkdir()
    for part, size in (("a", 30), ("b", 3000), ("c", 300)):
        text = f"SELECT (i % 40)::DOUBLE AS customer, DATE '2026-01-01' AS paid_on, i % 13 + {size} % 7 AS amount"
        duckdb.execute(f"COPY ({text} FROM range({size}) t(i)) TO '{tmp_path}/orders/{part}.parquet'")
    summary = alike(tmp_path, rules, second="orders")
    assert 0 == summary.lists[0].without_customer


def test_a_frame_is_decided_with_frames_of_records(spark: Any) -> None:
    rules = rulelang.loads(
        "field city: text\nfield orders: list of order (amount: money)\noutcome total: money\n"
        "outcome order.big: yes or no, else no\nalways total = sum of orders.amount where (big is yes)\n"
        'for each order: if amount > 10 and city is "Rome" then big = yes'
    )
    people = spark.createDataFrame(
        [("1", "Rome"), ("2", "Oslo"), (" 1 ", "Rome"), (None, "Rome")], "id string, city string"
    )
    records = spark.createDataFrame(
        [(1, 11.5), (1, 3.0), (2, 99.0), (7, 50.0), (None, 20.0)], "id bigint, amount double"
    )
    decided = rules.spark_decide(people, AS_OF, lists={"orders": records}, key="id")
    found = sorted((row.id or "", row.total) for row in decided.collect())
    assert [("", 0), (" 1 ", 11.5), ("1", 11.5), ("2", 0)] == [(key, float(total)) for key, total in found]
    each = rules.spark_decide(people, AS_OF, lists={"orders": records}, key="id", each="orders")
    assert ["id", "amount", "big"] == each.columns
    assert Counter({(1, 11.5, True): 2, (1, 3.0, False): 2, (2, 99.0, False): 1}) == Counter(map(tuple, each.collect()))
    with pytest.raises(rulelang.DataError, match="key-needed"):
        rules.spark_decide(people, AS_OF, lists={"orders": records})


def test_records_in_arrays_are_decided(spark: Any) -> None:
    rules = rulelang.loads(
        "field orders: list of order (amount (金额): money)\noutcome o: yes or no, else no\n"
        "outcome order.big: yes or no, else no\nif any order has (big is yes) then o = yes\n"
        "for each order: if amount > 10 then big = yes"
    )
    frame = spark.createDataFrame(
        [("a", [(11.0,), (2.0,)]), ("b", []), ("c", None)], "id string, orders array<struct<`金额`: double>>"
    )
    assert [True, False, False] == [row.o for row in rules.spark_decide(frame, AS_OF).collect()]
    found = rules.spark_decide(frame, AS_OF, each="orders")
    assert [("a", 11.0, True), ("a", 2.0, False)] == [tuple(row) for row in found.collect()]
