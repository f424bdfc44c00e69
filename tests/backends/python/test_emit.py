"""The printed source: one text per plan, nothing of a rule file in it but comments, shallow whatever the rules are."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
import traceback
from datetime import date
from pathlib import Path

import pytest
from attrs import evolve

from rulelang.backends.python.names import Lines, one_line
from rulelang.backends.python.program import build
from rulelang.engine.ruleset import Ruleset
from rulelang.model import expressions as e
from rulelang.model.program import Model
from rulelang.vocabulary.declarations import Field, Outcome, ReferenceList
from tests.oracle.build import (
    DATE,
    LEVEL,
    MONEY,
    NUMBER,
    TEXT,
    WHOLE,
    compare,
    days,
    field,
    model,
    outcome,
    rule,
    when,
)

ROOT = Path(__file__).parents[3]
AS_OF = date(2026, 6, 1)
EVIL = 'x"""\n\r\u2028\x0c\x00import os; os.system("true")  # {f0} ，'


def shop() -> Model:
    return model(
        Field("last_purchase", DATE, label="最近购买"),
        Field("spend", MONEY, at_least=0),
        Field("orders", WHOLE),
        Field("city", TEXT),
        Outcome("lifecycle", TEXT, last_resort="silent"),
        Outcome("level", LEVEL, policy="highest"),
        Outcome("score", WHOLE, policy="sum", at_most=100),
        Outcome("tags", TEXT, policy="collect"),
        ReferenceList("cities", frozenset({"Lyon", "Paris"})),
        rule("gone", when(e.AgeComparison(">", field("last_purchase", DATE), days(365)), lifecycle="lost", tags="t")),
        rule("rich", when(compare(e.Arithmetic("/", field("spend"), field("orders"), NUMBER), ">", 7), level="high")),
        rule("town", when(e.InList(field("city", TEXT), "cities"), score=3, tags="town"), when(e.ALWAYS, score=1)),
        rule("more", when(compare(outcome("level", LEVEL), ">", "low"), score=5)),
    )


def decide(rules: Model, **customer: object) -> dict[str, object]:
    return dict(Ruleset(rules).decide(customer, AS_OF).outcomes)


def test_the_text_is_the_same_in_every_process() -> None:
    script = "from tests.backends.python.test_emit import *; print(build(shop()).emitted.source)"
    texts = set()
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}
        result = subprocess.run(
            [sys.executable, "-c", script], capture_output=True, encoding="utf-8", check=True, env=environment
        )
        texts.add(result.stdout)
    assert texts == {build(shop()).emitted.source + "\n"}


def test_a_reader_finds_the_rules_beside_the_code() -> None:
    source = build(shop()).emitted.source
    assert "# gone" in source and "# f0: last_purchase" in source
    assert "if t0:" in source, "a rule for two outcomes is judged once"


def test_no_text_of_a_rule_file_becomes_code() -> None:
    evil_field = field(EVIL, TEXT)
    evil = model(
        Field(EVIL, TEXT, label=EVIL + "2"),
        Outcome(EVIL + "o", TEXT, last_resort=EVIL),
        ReferenceList(EVIL, frozenset({EVIL})),
        rule(EVIL, when(e.And((compare(evil_field, "=", EVIL), e.InList(evil_field, EVIL))), **{EVIL + "o": EVIL})),
    )
    source = build(evil).emitted.source
    tree = ast.parse(source)
    assert not any(isinstance(each, ast.Constant) and isinstance(each.value, str) for each in ast.walk(tree))
    assert not any(isinstance(each, ast.Import | ast.ImportFrom) for each in ast.walk(tree))
    assert decide(evil, **{EVIL: EVIL}) == {EVIL + "o": EVIL}


def test_generated_code_reaches_no_builtins() -> None:
    bound = build(shop()).bind(shop(), AS_OF)
    assert bound.outcomes.__builtins__ == {}  # type: ignore[attr-defined]  # functions have it


def test_comments_stay_on_their_line() -> None:
    lines = Lines()
    lines.add("x = 1", EVIL)
    assert len(lines.text().splitlines()) == 1
    assert one_line("a" * 500) == "a" * 100


@pytest.mark.parametrize("join", [e.Or, e.And])
def test_thousands_of_conditions_in_a_row(join: type[e.Or | e.And]) -> None:
    items = tuple(compare(field("orders", WHOLE), "!=" if join is e.And else "=", number) for number in range(3_000))
    long = evolve(shop(), rules=(rule("long", when(join(items), lifecycle="x")),))
    assert decide(long, orders=2_999)["lifecycle"] == ("x" if join is e.Or else "silent")


def test_hundreds_of_rules_of_one_decision() -> None:
    conditions = [compare(field("orders", WHOLE), "=", number) for number in range(500)]
    rules = tuple(rule(f"r{number}", when(each, lifecycle=f"v{number}")) for number, each in enumerate(conditions))
    assert decide(evolve(shop(), rules=rules), orders=499)["lifecycle"] == "v499"


def test_conditions_nested_more_deeply_than_python_allows() -> None:
    orders = field("orders", WHOLE)
    condition: e.Expression = compare(orders, "=", 0)
    for depth in range(1, 120):
        join = e.And if depth % 2 else e.Or
        condition = join((compare(orders, ">=" if depth % 2 else "=", depth if depth % 2 == 0 else -1), condition))
    deep = evolve(shop(), rules=(rule("deep", when(condition, lifecycle="x"), when(e.Not(condition), lifecycle="y")),))
    assert decide(deep, orders=0)["lifecycle"] == "x"
    assert decide(deep, orders=118)["lifecycle"] == "x"
    assert decide(deep, orders=119)["lifecycle"] == "y"
    assert decide(deep)["lifecycle"] == "silent"


def test_a_sum_of_a_hundred_terms() -> None:
    total: e.Expression = field("orders", WHOLE)
    for _ in range(99):
        total = e.Arithmetic("+", total, field("spend", MONEY), NUMBER)
    long = evolve(shop(), rules=(rule("long", when(compare(total, ">", 100), lifecycle="x")),))
    assert decide(long, orders=2, spend=1)["lifecycle"] == "x"
    assert decide(long, orders=1, spend=1)["lifecycle"] == "silent"


def test_a_traceback_shows_the_line_of_the_rule() -> None:
    bound = build(shop()).bind(shop(), AS_OF)
    program = bound.program  # noqa: F841 - the text lives as long as the program
    try:
        bound.decided("no date", 1, 1, "x")
    except TypeError as error:
        shown = "".join(traceback.format_exception(error))
    assert "t0 = f0 <= F0  # gone" in shown
