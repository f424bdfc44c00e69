"""How raw values come in: canonical ones as they are, everything else read, reported, or refused with all its kin."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import pytest

from rulelang.diagnostics.diagnostic import DataError
from rulelang.engine.ruleset import Ruleset
from rulelang.model.contributions import BLANK
from rulelang.values.durations import Duration
from rulelang.vocabulary.declarations import Field, Outcome
from rulelang.vocabulary.types import Choice, Date, Length, Member, Money, Number, Text, Type, YesNo
from tests.oracle.build import always, field, model, rule

AS_OF = date(2026, 6, 1)
LEVEL = Choice((Member("low", "低"), Member("high", "高")), ordered=True)


def read(declared: Field, raw: object) -> tuple[Any, list[str]]:
    """What a field's value is at the door, and the codes of what is reported."""
    rules = model(declared, Outcome("o", declared.type), rule("r", always(o=field(declared.name, declared.type))))
    report: list[Any] = []
    [value] = Ruleset(rules).situation(AS_OF).bound.read({declared.name: raw}, report)
    return value, [each.code for each in report]


NAN = float("nan")


@pytest.mark.parametrize(
    ("type_", "raw", "expected"),
    [
        (Number(), 5, 5),
        (Number(), 0.1, Decimal("0.1")),
        (Number(), 5.0, 5),
        (Number(), Decimal("5.50"), Decimal("5.5")),
        (Number(), "1,234.50", Decimal("1234.5")),
        (Number(), NAN, None),
        (Number(), Decimal("NaN"), None),
        (Number(), "", None),
        (Money("CNY"), "¥1.5万", 15000),
        (Date(), AS_OF, AS_OF),
        (Date(), datetime(2026, 6, 1, 23, 59, tzinfo=UTC), AS_OF),
        (Date(), "2026年6月1日", AS_OF),
        (Text(), "Paris", "Paris"),
        (Text(), "  Paris\u3000", "Paris"),
        (Text(), "e\u0301", "é"),
        (Text(), "", None),
        (Text(), "   ", None),
        (Text(), 5, "5"),
        (YesNo(), True, True),
        (YesNo(), 1, True),
        (YesNo(), "否", False),
        (LEVEL, "high", "high"),
        (LEVEL, "高", "high"),
        (Length("days"), 30, 30),
        (Length("days"), Duration(30, "days"), 30),
        (Length("months"), "半年", 6),
        (Number(), None, None),
    ],
)
def test_values(type_: Type, raw: object, expected: object) -> None:
    value, codes = read(Field("x", type_), raw)
    assert (value, type(value), codes) == (expected, type(expected), [])


@pytest.mark.parametrize(
    ("declared", "raw", "expected", "codes"),
    [
        (Field("x", Number(), at_least=0), -1, None, ["value-outside-limits"]),
        (Field("x", Number(), at_least=0, at_most=10), 10, 10, []),
        (Field("x", Number(), at_most=10), "10.5", None, ["value-outside-limits"]),
        (Field("x", Date(), at_least=date(2000, 1, 1)), date(1999, 12, 31), None, ["value-outside-limits"]),
        (Field("x", Length("days"), at_most=Duration(10, "days")), 11, None, ["value-outside-limits"]),
        (Field("x", LEVEL), "medium", None, ["not-a-member"]),
        (Field("x", Number(), missing_values=("-1",)), -1, None, []),
        (Field("x", Number(), missing_values=("-1",)), -1.0, None, []),
        (Field("x", Text(), missing_values=("unknown",)), "unknown", None, []),
        (Field("x", Text(), missing_values=("unknown",)), " unknown ", None, []),
        (Field("x", Date(), missing_values=("9999-12-31",)), date(9999, 12, 31), None, []),
        (Field("x", LEVEL, missing_values=("low",)), "low", None, []),
        (Field("x", YesNo(), missing_values=("FALSE",)), False, None, []),
        (Field("x", Number(), may_be_blank=True), None, BLANK, []),
        (Field("x", Number(), may_be_blank=True), "", BLANK, []),
        (Field("x", Number(), may_be_blank=True, at_least=0), -1, None, ["value-outside-limits"]),
        (Field("x", LEVEL, may_be_blank=True), "medium", None, ["not-a-member"]),
        (Field("x", Number(), may_be_blank=True), 3, 3, []),
    ],
)
def test_what_counts_as_missing(declared: Field, raw: object, expected: object, codes: list[str]) -> None:
    assert read(declared, raw) == (expected, codes)


def test_many_texts_and_long_ones_are_read_alike_when_they_come_again() -> None:
    rules = model(Field("x", Text()), Outcome("o", Text()), rule("r", always(o=field("x", Text()))))
    outcomes = Ruleset(rules).compile(AS_OF)
    texts = [f"name {number}" for number in range(700)] + ["x" * 5000, "北京", "a b"]
    for _ in range(2):
        assert [outcomes({"x": f" {text} "})["o"] for text in texts] == texts
        assert [outcomes({"x": text})["o"] for text in texts] == texts


SHOP = model(
    Field("x", Number(), label="数"),
    Field("day", Date()),
    Field("phone", Number(), privacy="personal"),
    Outcome("o", Number(), policy="sum"),
    Outcome("d", Date()),
    rule("r", always(o=field("x"))),
    rule("s", always(o=field("phone"))),
    rule("t", always(d=field("day", Date()))),
)


@pytest.mark.parametrize(
    ("customer", "expected"),
    [
        ({"x": 1}, 1),
        ({"数": 2}, 2),
        (MappingProxyType({"数": "4"}), 4),
        ({"x": 1, "unknown": object()}, 1),
    ],
)
def test_a_field_goes_by_its_name_or_its_label(customer: Mapping[str, Any], expected: object) -> None:
    report: list[Any] = []
    assert Ruleset(SHOP).situation(AS_OF).bound.read(customer, report)[0] == expected


def test_everything_that_cannot_be_read_is_told_at_once() -> None:
    with pytest.raises(DataError) as raised:
        Ruleset(SHOP).decide({"数": "many", "day": "03/04/2026", "phone": "secret"}, AS_OF)
    found = raised.value.diagnostics
    assert [each.code for each in found] == ["unreadable-value", "unreadable-value", "ambiguous-date"]
    assert found[0].facts == {"field": "x", "value": "many", "type": "number", "reason": "not-a-number"}
    assert found[1].facts["value"] == "***"


def test_compiled_functions_refuse_the_same() -> None:
    with pytest.raises(DataError):
        Ruleset(SHOP).compile(AS_OF)({"x": "many"})
