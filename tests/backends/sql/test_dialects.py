"""Every dialect's text is SQL of that dialect, whatever names and texts are in it."""

from __future__ import annotations

import sqlite3
from datetime import date
from typing import Any

import duckdb
import pytest
import sqlglot

import rulelang
from rulelang.backends.sql.dialects import DIALECTS

AS_OF = date(2026, 6, 30)
PARSED_AS = {"sqlserver": "tsql"}
SHIPPED = ("lifecycle", "lifecycle/behaviour", "value", "retail/tiers", "retail/lifecycle")
EVERYTHING = """
choice level: low (低) < medium (中) < high (高)
field spend: money in CNY, at least 0
field cost: money in CNY
field visits: whole number
field city: text
field grade: level
field vip: yes or no
field born: date, may be blank
outcome tier: one of gold, silver, bronze
outcome score: whole number, sum, at most 100
outcome margin: number with 2 decimals
outcome best: level, highest wins
outcome due: date
rule "a":
  if spend - cost > 0.3 * spend and visits is known then tier = gold, add 10 to score, tag "it's \\"quoted\\"; -- no"
  otherwise if at least 2 of
    - city starts with "北"
    - city like "L*n?"
    - vip
  then tier = silver
rule "b": if month of born = 2 and (tier is gold or grade >= medium) then add 5 to score, best = medium
rule "c": if score > 10 then best = high, due = 2026-12-31
rule "d": if city is one of "O'Neill\\\\", "[x]`y`" and not (vip) then tier = bronze
"""
MARGIN = """
field cost: money in CNY
field spend: money in CNY
outcome margin: number with 2 decimals
always margin = (spend - cost) / spend
"""


def parsed(text: str, dialect: str) -> sqlglot.Expression:
    found = sqlglot.parse(text, read=PARSED_AS.get(dialect, dialect), error_level=sqlglot.ErrorLevel.RAISE)
    assert 1 == len(found), "one statement, whatever stands in the rules"
    assert found[0] is not None
    return found[0]


@pytest.mark.parametrize("dialect", [each for each in DIALECTS if each != "sqlite"])
def test_rules_of_every_kind_parse_in_every_dialect(dialect: str) -> None:
    rules = rulelang.loads(EVERYTHING)
    tree = parsed(rules.sql(dialect, AS_OF, keep=("id",)), dialect)
    assert ["id", *rules.model.outcomes, "rulelang_rejected"] == [each.alias_or_name for each in tree.selects]


def test_a_number_beyond_what_a_database_holds_is_refused() -> None:
    with pytest.raises(rulelang.RuleError) as raised:
        rulelang.loads(EVERYTHING).sql("sqlite", AS_OF)
    assert "number of too many digits" in [each.facts["construct"] for each in raised.value.diagnostics]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_standings_parse_in_every_dialect(dialect: str) -> None:
    rules = rulelang.loads(
        "field spend: money\nfield vip: yes or no\noutcome tier: one of gold, silver, undecided when data is missing\n"
        "outcome note: text\nif spend > 100 or vip then tier = gold otherwise tier = silver\n"
        'if tier is gold then note = "yes" otherwise if spend < 5 then note = "no"'
    )
    tree = parsed(rules.sql(dialect, AS_OF, keep=("id",), standings=True), dialect)
    assert ["id", "tier", "tier_standing", "note", "note_standing"] == [each.alias_or_name for each in tree.selects][:5]


@pytest.mark.parametrize("dialect", ["duckdb", "sqlite"])
def test_a_rejected_row_has_neither_answer_nor_standing(dialect: str) -> None:
    rules = rulelang.loads(
        "field spend: number\noutcome tier: one of gold, low\nif spend > 5 then tier = gold otherwise tier = low"
    )
    query = rules.sql(dialect, AS_OF, keep=("id",), standings=True)
    connection: Any = duckdb.connect() if dialect == "duckdb" else sqlite3.connect(":memory:")
    kind = "DECIMAL(38, 10)" if dialect == "duckdb" else "REAL"
    connection.execute(f"CREATE TABLE customers (id INTEGER, spend {kind})")
    connection.execute("INSERT INTO customers VALUES (1, 6), (2, 5.1234567891), (3, NULL)")
    rows = sorted(connection.execute(query).fetchall())
    assert [(1, "gold", "decided", None), (2, None, None, "spend"), (3, "low", "provisional", None)] == [
        (*each[:3], (each[3] or "").strip() or None) for each in rows
    ]


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_rulesets_parse_or_are_refused_with_a_place(dialect: str, name: str) -> None:
    try:
        parsed(rulelang.load(name).sql(dialect, AS_OF), dialect)
    except rulelang.RuleError as error:
        assert {"not-in-sql"} == {each.code for each in error.diagnostics}
        assert all(each.span is not None for each in error.diagnostics)
        assert dialect not in ("duckdb", "postgres")


@pytest.mark.parametrize("dialect", ["duckdb", "postgres", "bigquery", "spark"])
def test_a_division_is_exact_where_the_database_divides_integers(dialect: str) -> None:
    parsed(rulelang.loads(MARGIN).sql(dialect, AS_OF), dialect)


@pytest.mark.parametrize("dialect", ["oracle", "sqlserver"])
def test_a_division_is_refused_where_it_would_be_approximated(dialect: str) -> None:
    with pytest.raises(rulelang.RuleError) as raised:
        rulelang.loads(MARGIN).sql(dialect, AS_OF)
    (found,) = raised.value.diagnostics
    assert ("not-in-sql", "division", 5) == (found.code, found.facts["construct"], found.span and found.span.line)


def test_an_outcome_read_by_a_rule_that_never_applies_is_refused_by_name() -> None:
    rules = rulelang.loads(
        "field channel: one of online, store\nfield n: whole number\n"
        "outcome first: one of online, store, all agree\noutcome second: one of online, store\n"
        "if n > 3 then first = channel\nif n > 4 then first = store\n"
        "if n > 5 then second = channel\notherwise if at least 3 of\n  - n > 1\n  - n > 2\nthen second = first\n"
    )
    with pytest.raises(rulelang.RuleError) as raised:
        rules.sql("duckdb", AS_OF)
    assert ["agreement of computed values"] == [each.facts["construct"] for each in raised.value.diagnostics]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_names_and_texts_never_become_code(dialect: str) -> None:
    hostile = 'a"`; drop table customers -- \\ )('
    rules = rulelang.loads(
        f"field 【{hostile}】: text\noutcome found: text\n"
        f'if 【{hostile}】 is "x\' or 1=1 --" then found = "\'); drop table customers; --"'
    )
    parsed(rules.sql(dialect, AS_OF, table=f"bank.{hostile}", keep=(hostile,)), dialect)


@pytest.mark.parametrize("name", ["duckdb", "sqlite"])
def test_a_hostile_name_runs_as_a_name(name: str) -> None:
    hostile = 'a"`; drop table customers -- \\ )('
    rules = rulelang.loads(
        f'field 【{hostile}】: text\noutcome found: text\nif 【{hostile}】 is "b\'" then found = "c\'"'
    )
    connection = duckdb.connect() if name == "duckdb" else sqlite3.connect(":memory:")
    quoted = hostile.replace('"', '""')
    connection.execute(f'CREATE TABLE customers ("{quoted}" VARCHAR)')
    connection.execute("INSERT INTO customers VALUES (?), ('x')", ["b'"])
    found = connection.execute(rules.sql(name, AS_OF)).fetchall()
    assert [("c'",), (None,)] == [row[:1] for row in found]


def test_an_unknown_dialect_is_an_error_with_the_nearest() -> None:
    with pytest.raises(rulelang.DataError) as raised:
        rulelang.loads(MARGIN).sql("postgre")
    assert ("unknown-dialect", "postgres") == (raised.value.diagnostics[0].code, raised.value.diagnostics[0].nearest[0])


def test_a_value_that_can_not_be_taken_exactly_is_named_and_has_no_answer() -> None:
    connection = duckdb.connect()
    connection.execute("CREATE TABLE customers (spend DOUBLE)")
    connection.execute("INSERT INTO customers VALUES (100.25), (0.1::DOUBLE + 0.2::DOUBLE), (1e300), (NULL)")
    rules = rulelang.loads('field spend: money in CNY\noutcome o: text\nif spend > 0 then o = "yes"')
    found = connection.execute(rules.sql("duckdb", AS_OF)).fetchall()
    assert [("yes", None), (None, "spend "), (None, "spend "), (None, None)] == found
