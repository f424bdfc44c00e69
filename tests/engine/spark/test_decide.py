"""`spark_decide` gives every row of a data frame what the rules give it elsewhere."""

from __future__ import annotations

import datetime
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from unicodedata import combining, decomposition, is_normalized

import pytest

import rulelang
from rulelang.engine.running.output import speller
from rulelang.engine.spark.doors import NORMAL, VISIBLE
from rulelang.values.text import OUTER_SPACES

pytestmark = pytest.mark.xdist_group("spark")  # one session for all of them
AS_OF = date(2026, 6, 30)
RULES = """
choice level: low (低) < medium (中) < high (高)
field id: text
field spend: money in CNY, at least 0
field visits: whole number
field paid: date, required
field city: text
field vip: yes or no
field grade: level
field phone: text, may be blank
outcome tier: one of gold (金), silver (银), bronze (铜), else bronze, undecided when data is missing
outcome score: whole number, sum, at most 100
outcome rate: number with 3 decimals
outcome best: level, highest wins
outcome due: date
rule "a":
  if spend >= 1000.5 and city is "Rome" then tier = gold, add 10 to score, tag "rich; quite" ("富")
  otherwise if vip then tier = silver, tag "vip"
rule "b": if visits > 3 or phone is missing then add 5 to score, best = medium
rule "c": if grade is high then best = high
rule "d": if spend > 0 then rate = visits / spend
rule "e": if paid > 6 months and tier is gold then due = paid + 1 month
"""
TYPES = "id bigint, spend double, visits smallint, paid date, city string, vip boolean, grade string, phone string"
NAN = float("nan")
ROWS: list[tuple[Any, ...]] = [
    (1, 1000.5, 4, date(2025, 1, 31), "Rome", True, "high", "+86"),
    (2, 1000.49, 3, date(2025, 12, 30), "rome", False, "低", ""),
    (3, NAN, None, date(2024, 2, 29), " Rome ", None, "Medium", "x"),
    (4, None, 5, None, None, None, None, None),
    (5, -1.0, 1, date(2027, 1, 1), "Ｒｏｍｅ", True, "none", " y "),
    (6, 0.1 + 0.2, 7, date(2025, 12, 31), "北京", False, "高", "z"),
    (7, 0.0, 0, date(2025, 12, 30), "e\u0301", None, "high", "a"),
    (8, 1e13, -3, date(1, 1, 1), "", True, "low", None),
    (9, 1e22, 7, date(9999, 12, 31), "Rome", True, "high", "q"),
    (10, 1000.51, 7, date(2025, 2, 28), "Rome", None, "", "NULL"),
]


def expected(rules: rulelang.Ruleset, row: Mapping[str, Any], language: str) -> dict[str, Any]:
    decision = rules.decide(row, as_of=AS_OF)
    spell = {each.name: speller(each, language, True) for each in rules.model.outcomes.values()}
    return {name: spell[name](value) for name, value in dict(decision).items()}


def found_in(row: Any, rules: rulelang.Ruleset, language: str) -> dict[str, Any]:
    names = {
        each.name: each.name if language == "en" else each.label or each.name for each in rules.model.outcomes.values()
    }
    cells = row.asDict()
    return {name: tuple(found) if isinstance(found := cells[each], list) else found for name, each in names.items()}


def same(one: Any, other: Any) -> bool:
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return list(one) == list(other)
    if isinstance(one, int | Decimal) and isinstance(other, int | Decimal):
        return Decimal(one) == Decimal(other)
    return bool(one == other)


def assert_decided(
    frame: Any, rules: rulelang.Ruleset, rows: Sequence[Mapping[str, Any]], language: str = "en"
) -> None:
    found = frame.collect()
    assert len(rows) == len(found)
    for row, given in zip(found, rows, strict=True):
        wanted = expected(rules, given, language)
        answers = found_in(row, rules, language)
        assert all(same(wanted[name], answers[name]) for name in wanted), (given, wanted, answers)


@pytest.mark.parametrize("route", ["sql", "python"])
@pytest.mark.parametrize(
    ("ansi", "zone", "language"), [("true", "Asia/Shanghai", "en"), ("false", "America/Los_Angeles", "zh")]
)
def test_answers_rest_on_no_setting_of_the_session(spark: Any, route: str, ansi: str, zone: str, language: str) -> None:
    rules = rulelang.loads(RULES)
    names = [each.split()[0] for each in TYPES.split(", ")]
    before = {name: spark.conf.get(name) for name in ("spark.sql.ansi.enabled", "spark.sql.session.timeZone")}
    spark.conf.set("spark.sql.ansi.enabled", ansi)
    spark.conf.set("spark.sql.session.timeZone", zone)
    try:
        frame = spark.createDataFrame(ROWS, TYPES)
        decided = rules.spark_decide(frame, AS_OF, route=route, language=language)
        assert_decided(decided, rules, [dict(zip(names, row, strict=True)) for row in ROWS], language)
    finally:
        for name, value in before.items():
            spark.conf.set(name, value)


def test_decimals_are_exact_and_rows_that_can_not_be_read_say_why(spark: Any) -> None:
    rules = rulelang.loads(
        "field spend: money\noutcome twice: money\nif spend > 0.30 then twice = spend * 2 otherwise twice = 0"
    )
    rows = [("0.30",), ("0.31",), ("12345678901234567890.12",), ("¥1.5万",), ("much",), (None,)]
    for route in ("sql", "python"):
        decided = rulelang.spark_decide(spark.createDataFrame(rows, "spend string"), rules, AS_OF, route=route)
        assert "decimal(38,2)" == dict(decided.dtypes)["twice"]
        found = [tuple(row) for row in decided.collect()]
        assert [("0.30", 0, None), ("0.31", Decimal("0.62"), None)] == found[:2]
        assert [Decimal("24691357802469135780.24"), 30000] == [row[1] for row in found[2:4]]
        assert found[4][1] is None and "“much” in spend" in found[4][2]
    decided = rules.spark_decide(
        spark.createDataFrame([(Decimal("0.31"),), (Decimal("0.3000000001"),)], "spend decimal(38,10)"), AS_OF
    )
    assert [Decimal("0.62"), Decimal("0.60")] == [row.twice for row in decided.collect()]


def test_caps_are_as_exact_as_the_values_that_they_are_read_from(spark: Any) -> None:
    rules = rulelang.loads(
        "field spend: money\noutcome rate: number with 2 decimals\noutcome few: whole number, at most 2.5\n"
        "always rate = 1, at most spend\nalways few = spend * 3"
    )
    rows = [("5",), ("0.0112",), ("0.00000001",), (None,)]
    expected = [(1, Decimal("2.5")), (Decimal("0.0112"), 0), (Decimal("0.00000001"), 0), (None, None)]
    for route in ("sql", "python"):
        decided = rulelang.spark_decide(spark.createDataFrame(rows, "spend string"), rules, AS_OF, route=route)
        assert expected == [(row.rate, row.few) for row in decided.collect()]


def test_lists_of_records_are_arrays_of_structs(spark: Any) -> None:
    rules = rulelang.loads(
        "field orders: list of order (paid_on: date, amount: money, channel: text)\n"
        "outcome total: money\noutcome n: whole number\n"
        "always total = sum of orders.amount within the last 30 days\n"
        'always n = count of orders where (channel is "web")'
    )
    given: list[list[tuple[Any, ...]] | None] = [
        [
            (date(2026, 6, 1), Decimal("0.10"), "web"),
            (date(2026, 6, 30), Decimal("0.20"), "shop"),
            (date(2026, 5, 1), None, "web"),
        ],
        [],
        None,
    ]
    frame = spark.createDataFrame(
        [(each,) for each in given], "orders array<struct<paid_on: date, amount: decimal(10,2), channel: string>>"
    )
    decided = rules.spark_decide(frame, AS_OF)
    assert [(Decimal("0.30"), 2), (0, 0), (None, None)] == [(row.total, row.n) for row in decided.collect()]


def test_many_rules_go_through_python_and_the_choice_is_told(spark: Any, caplog: pytest.LogCaptureFixture) -> None:
    table = "\n".join(f"| {n} ..< {n + 1} | {n} |" for n in range(300))
    many = "\n".join(f'rule "r{n}": if x >= {n} and x < {n + 1} then y = {n}' for n in range(300))
    rules = rulelang.loads(f"field x: number\noutcome y: whole number\n{many}")
    frame = spark.createDataFrame([(250.5,), (299.0,), (300.0,), (None,)], "x double")
    with caplog.at_level("INFO", "rulelang.spark"):
        decided = rules.spark_decide(frame, AS_OF)
    assert "Python over Arrow batches (300 rules)" in caplog.text
    assert [250, 299, None, None] == [row.y for row in decided.collect()]
    assert "MapInArrow" in decided._jdf.queryExecution().executedPlan().toString()
    with caplog.at_level("INFO", "rulelang.spark"):
        rulelang.loads(
            f'field x: number\noutcome y: whole number\ntable "t":\n| x | => y |\n{table[:60].rsplit(chr(10), 1)[0]}'
        ).spark_decide(frame, AS_OF)
    assert "Decided by Spark SQL" in caplog.text


def test_why_adds_standings_and_reasons(spark: Any) -> None:
    rules = rulelang.loads('field x: number\noutcome y: text\nrule "big": if x > 5 then y = "b"')
    decided = rules.spark_decide(spark.createDataFrame([(6.0,), (None,)], "x double"), AS_OF, why=True)
    first, second = decided.collect()
    assert ("b", "decided") == (first.y, first.y_standing) and "big" in first.y_reason
    assert (None, "undecided") == (second.y, second.y_standing)


def test_columns_that_can_not_be_told_apart_or_read_are_refused_at_once(spark: Any) -> None:
    rules = rulelang.loads(
        'field paid: date\nfield x: number\noutcome y: text\nif x > 5 and paid is known then y = "b"'
    )
    moment = datetime.datetime(2026, 1, 1)
    for row, types, code in (
        ((1.0, 2.0, moment), "x double, X double, paid timestamp_ntz", "columns-alike"),
        ((True, None), "x boolean, paid date", "wrong-column-type"),
        ((1.0, moment), "x double, paid timestamp", "zone-needed"),
    ):
        with pytest.raises(rulelang.DataError) as raised:
            rules.spark_decide(spark.createDataFrame([row], types), AS_OF)
        assert code == raised.value.diagnostics[0].code
    decided = rules.spark_decide(
        spark.createDataFrame([(6.0, moment, "old")], "x double, paid timestamp_ntz, Y string"), AS_OF
    )
    assert ["x", "paid", "y_before", "y", "rejected_reason"] == decided.columns
    assert [("old", "b")] == [(row.y_before, row.y) for row in decided.collect()]


def test_sql_that_is_insisted_on_names_what_it_can_not_carry(spark: Any) -> None:
    rules = rulelang.loads("field xs: list of thing (a: number)\noutcome n: whole number\nalways n = count of xs")
    frame = spark.createDataFrame([([(1.0,)],)], "xs array<struct<a: double>>")
    with pytest.raises(rulelang.RuleError) as raised:
        rules.spark_decide(frame, AS_OF, route="sql")
    assert ("not-in-sql", "list") == (raised.value.diagnostics[0].code, raised.value.diagnostics[0].facts["construct"])


def test_characters_that_sql_takes_as_they_are_are_in_normal_form_and_no_spaces() -> None:
    inner = [chr(code) for first, last in NORMAL for code in range(ord(first), ord(last) + 1)]
    composed = {
        chr(int(each.split()[1], 16))
        for each in map(decomposition, map(chr, range(0x110000)))
        if " " in each and each[0] != "<"
    }
    assert not [each for each in inner if combining(each) or not is_normalized("NFC", each) or each in composed]
    assert not [
        each for first, last in VISIBLE for each in map(chr, range(ord(first), ord(last) + 1)) if each in OUTER_SPACES
    ]


def test_the_package_does_without_spark_until_it_is_used() -> None:
    code = (
        "import sys, rulelang; rulelang.spark_decide; rulelang.load('lifecycle'); "
        "print('pyspark' in sys.modules, 'pyarrow' in sys.modules)"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ)
    assert "False False" == found.stdout.strip()
