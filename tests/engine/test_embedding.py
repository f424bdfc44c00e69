"""Rulesets inside other programs: objects, named tuples, errors in place, days that pass, certificates, mappings."""

from __future__ import annotations

import datetime
import pickle
import sqlite3
from collections import namedtuple
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import rulelang
from rulelang.engine.deciding import decider
from rulelang.vocabulary.types import Money, Number

AS_OF = date(2026, 6, 1)
RULES = rulelang.loads(
    "field income (收入): money, required, at least 0\nfield name: text, personal\n"
    "field ends: date\noutcome tier (等级): one of high, low, else low\noutcome gone: yes or no\n"
    'rule "Rich" ("富裕"): if income > 50000 then tier = high\nif ends < today then gone = yes otherwise gone = no\n'
)


def test_a_compiled_function_decides_for_the_day_of_the_call(monkeypatch: pytest.MonkeyPatch) -> None:
    moment = datetime.datetime(2026, 6, 1, 23, 59, 30).timestamp()

    class Today(date):
        @classmethod
        def today(cls) -> date:  # type: ignore[override]
            return date.fromtimestamp(moment)

    monkeypatch.setattr(decider, "date", Today)
    monkeypatch.setattr("time.time", lambda: moment)
    decide, fixed = RULES.compile(), RULES.compile(AS_OF)
    row = {"ends": AS_OF}
    assert [False, False] == [decide(row)["gone"], fixed(row)["gone"]]
    moment += 60
    assert [True, False] == [decide(row)["gone"], fixed(row)["gone"]]
    moment -= 86400
    assert decide(row)["gone"] is False, "a clock may be set back"


def test_errors_may_stand_in_place_of_decisions() -> None:
    customers = [{"income": 60000}, {"income": "soon"}, {"income": 1}]
    found = list(RULES.decide_many(customers, AS_OF, errors="return"))
    assert ["high", "unreadable-value", "low"] == [
        each.diagnostics[0].code if isinstance(each, rulelang.DataError) else each["tier"] for each in found
    ]
    with pytest.raises(ValueError, match="errors is"):
        RULES.decide_many(customers, AS_OF, errors="skip")  # type: ignore[call-overload]


class Broken:
    @property
    def income(self) -> int:
        raise AttributeError("no connection")


def test_an_attribute_that_fails_is_not_missing() -> None:
    with pytest.raises(rulelang.DataError, match="income of the customer can't be read: AttributeError: no connection"):
        RULES.decide(Broken(), AS_OF)
    assert "provisional" == RULES.decide(SimpleNamespace(name="Bo"), AS_OF).standing("tier")


def test_named_tuples_and_missing_marks_of_pandas() -> None:
    customer = namedtuple("customer", "income name")
    assert "high" == RULES.decide(customer(60000, "Bo"), AS_OF)["tier"]
    pandas: Any = pytest.importorskip("pandas")
    assert ("income",) == RULES.decide({"income": pandas.NA, "ends": AS_OF}, AS_OF).missing


@pytest.mark.parametrize("row", [{"收入": 60000, "income": None}, {"收入": 60000, "income": ""}])
def test_a_field_under_its_name_and_its_label(row: dict[str, Any]) -> None:
    with pytest.raises(rulelang.DataError, match="two-keys-one-field"):
        RULES.decide(row, AS_OF)
    assert "high" == RULES.decide({"收入": None, "income": 60000}, AS_OF)["tier"]


def test_a_decision_is_a_mapping_and_compares_by_what_was_decided() -> None:
    decision = RULES.decide({"income": 60000, "name": "Bo", "ends": AS_OF}, AS_OF)
    assert ["tier", "gone"] == list(decision)
    assert (2, "high", None, True, False) == (
        len(decision),
        decision.get("等级"),
        decision.get("x"),
        "等级" in decision,
        "x" in decision,
    )
    assert dict(decision) == dict(decision.items()) == {"tier": "high", "gone": False}
    again = pickle.loads(pickle.dumps(decision))
    assert (decision, hash(decision)) == (again, hash(again))
    assert decision != RULES.decide({"income": 60001}, AS_OF)
    assert {RULES: 1}[pickle.loads(pickle.dumps(RULES))] == 1 and len(repr(RULES)) < 100


def test_reasons_in_the_language_asked_for() -> None:
    decision = RULES.decide({"income": 60000}, AS_OF)
    assert "rule “Rich”: income > 50000" == decision.reason("tier", "en")
    assert "规则“富裕”：收入超过5万" == decision.reason("tier", "zh")
    for ask in (decision.reason, decision.why):
        with pytest.raises(ValueError, match="lang is one of en, zh"):
            ask("tier", "fr")
    [problem] = RULES.decide({"incom": 1}, AS_OF).problems
    assert ("key-not-read", True) == (
        problem.code,
        problem.text("zh") != problem.text() and "income" in problem.text("zh"),
    )


def test_a_certificate_of_a_decision_is_verified() -> None:
    rules = rulelang.loads(
        "field a: number, personal\nfield b: number\noutcome x: number\nif a > 1 and b > 1 then x = 2\n"
    )
    decision = rules.decide({"a": 5, "b": 7}, AS_OF)
    open_, masked = decision.certificate(), decision.certificate(["x"], mask=("personal",))
    assert rulelang.verify(open_, rules).holds and '"a": 5' in open_
    assert '"a": "***"' in masked and not rulelang.verify(masked.encode(), rules).holds
    assert rulelang.verify(masked, rules, {"a": 5}).holds
    with pytest.raises(rulelang.DataError, match="certificate-changed"):
        rulelang.verify(open_.replace("7", "8"), rules)
    with pytest.raises(rulelang.DataError, match="unknown-field-option"):
        decision.certificate(mask=["c"])


def test_a_folder_of_a_plug_in_from_python(tmp_path: Path) -> None:
    folder = tmp_path / "shop"
    (folder / "rulesets").mkdir(parents=True)
    (folder / "plugin.toml").write_text('name = "shop"\nlabel = "门店"\nversion = "1.0"\n', "utf-8")
    (folder / "vocabulary.rules").write_text("field km: number\n", "utf-8")
    text = "use shop\noutcome far: yes or no\nif km > 5 then far = yes otherwise far = no\n"
    (folder / "rulesets" / "t.rules").write_text(text, "utf-8")
    for rules in (rulelang.load("shop/t", plugin_dirs=[folder]), rulelang.loads(text, plugin_dirs=[str(folder)])):
        assert rules.decide({"km": 6}, AS_OF)["far"] is True
    with pytest.raises(rulelang.RuleError, match="no-such-ruleset"):
        rulelang.load("shop/t")


@pytest.mark.parametrize("call", [RULES.decide, RULES.compile, RULES.check])
def test_a_text_is_no_as_of_date(call: Any) -> None:
    with pytest.raises(TypeError, match="an as-of date is a"):
        call(*([{}] if call == RULES.decide else []), as_of="2026-06-01")


def test_functions_of_plug_ins_get_amounts_as_decimals_and_return_no_floats() -> None:
    def make(call: Any) -> rulelang.Function:
        parameters = (rulelang.Parameter("debt", Money("CNY")), rulelang.Parameter("income", Money("CNY")))
        return rulelang.Function("ratio", parameters, Number(6), call)

    ratio = make(lambda debt, income: debt / income)
    assert [Decimal("0.5"), Decimal("0.5005")] == [ratio.value(each, 1000) for each in (500, Decimal("500.5"))]
    exact = make(lambda debt, income: Fraction(debt) / Fraction(income))
    assert Decimal("0.333333") == exact.value(1000, 3000)
    _, fault = make(lambda debt, income: float(debt / income)).attempt((500, 1000))
    assert fault is not None and "return a Decimal, an int or a Fraction" in fault


def test_public_names_are_there_to_be_completed() -> None:
    assert set(rulelang.__all__) == set(dir(rulelang))
    assert all(getattr(rulelang, each) is not None for each in rulelang.__all__)


HELLO = """\
field amount: number
field name: text, personal
field city (城市): text
outcome tier: one of high, low
if amount > 5 then tier = high because "hello {name} of {city}" otherwise tier = low
"""
PEOPLE = [(6, "Bo", None), (7, None, None), (1, None, "Rome"), (2, "Al", None), (None, None, "Oslo")]


@pytest.mark.parametrize("engine", ["python", "duckdb", "sqlite"])
def test_fields_of_reasons_alone_are_counted_and_the_first_rows_hide_names(tmp_path: Path, engine: str) -> None:
    rules, data, target = rulelang.loads(HELLO), str(tmp_path / "people.csv"), str(tmp_path / "decided.csv")
    if engine == "sqlite":
        with sqlite3.connect(tmp_path / "bank.db") as connection:
            connection.execute("CREATE TABLE people (amount REAL, name TEXT, city TEXT)")
            connection.executemany("INSERT INTO people VALUES (?, ?, ?)", PEOPLE)
        data, target = (f"sqlite:///{tmp_path}/bank.db?table={each}" for each in ("people", "decided"))
    else:
        lines = [",".join("" if each is None else str(each) for each in row) for row in PEOPLE]
        (tmp_path / "people.csv").write_text("\n".join(["amount,name,城市", *lines]) + "\n", "utf-8")
    done = rules.run(data, target, as_of=AS_OF, engine="auto" if engine == "sqlite" else engine)
    assert {"amount": 1, "name": 3, "city": 3} == {each.name: each.missing for each in done.fields}
    assert ["***", "", "", "***", ""] == [row[1] or "" for row in done.preview]
    assert "Bo" not in repr(done)


def test_second_tables_from_python(tmp_path: Path) -> None:
    text = "field orders: list of order (amount: number)\noutcome n: number\nalways n = sum of orders.amount\n"
    rules = rulelang.loads(text)
    (tmp_path / "c.csv").write_text("id\n1\n2\n", "utf-8")
    (tmp_path / "o.csv").write_text("id,amount\n1,5\n1,7\n2,1\n", "utf-8")
    out = tmp_path / "out.csv"
    rules.run(tmp_path / "c.csv", out, as_of=AS_OF, lists={"orders": tmp_path / "o.csv"}, key="id")
    assert ["id,n", "1,12", "2,1"] == out.read_text("utf-8-sig").split()
    with pytest.raises(rulelang.DataError, match="key-needed"):
        rules.run(tmp_path / "c.csv", lists={"orders": tmp_path / "o.csv"})
