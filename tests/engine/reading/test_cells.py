"""Cells of a column: values, findings and faults."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from rulelang.engine.reading.cells import Cell, ColumnReader
from rulelang.engine.ruleset import Ruleset
from rulelang.model.expressions import Comparison, FieldRef, Literal
from rulelang.model.program import Branch, Header, Model, Rule
from rulelang.vocabulary.declarations import Field
from rulelang.vocabulary.reading import ReadingOptions
from rulelang.vocabulary.types import Choice, Date, Member, Number, Text

AS_OF = date(2026, 6, 1)
GRADES = Choice((Member("gold", "金"), Member("silver")))


def column(field: Field, options: ReadingOptions | None = None, compared: str = "") -> ColumnReader:
    condition = Comparison("=", FieldRef(field.name, field.type), Literal(compared, Text()))
    rules = (Rule("r", (Branch(condition, ()),)),) if compared else ()
    ruleset = Ruleset(Model(Header(), {field.name: field}, {}, {}, {}, rules))
    return ColumnReader(ruleset, field.name, "column", 0, AS_OF, options or ReadingOptions())


def said(cell: Cell) -> tuple[object, str | None, str | None]:
    return cell.value, cell.finding and cell.finding.code, cell.fault and cell.fault.code


@pytest.mark.parametrize(
    ("field", "raw", "expected"),
    [
        (Field("f", Number()), "5", (5, None, None)),
        (Field("f", Number()), "", (None, None, None)),
        (Field("f", Number(), required=True), " ", (None, "required-missing", None)),
        (Field("f", Number(), at_least=0), "-1", (None, "value-outside-limits", None)),
        (Field("f", Number(), at_most=10), "10.5", (None, "value-outside-limits", None)),
        (Field("f", Number()), "soon", (None, None, "unreadable-value")),
        (Field("f", Date()), "2026-06-01", (AS_OF, None, None)),
        (Field("f", Date()), "2026-06-02", (date(2026, 6, 2), "future-date", None)),
        (Field("f", Date(may_be_future=True)), "2026-06-02", (date(2026, 6, 2), None, None)),
        (Field("f", Date()), "01/02/2026", (None, None, "ambiguous-date")),
        (Field("f", GRADES), "金卡", ("gold", None, None)),
        (Field("f", GRADES), "Gold", ("gold", "near-miss-read", None)),
        (Field("f", GRADES), "bronze", (None, "not-a-member", None)),
        (Field("f", Text()), "Paris", ("Paris", None, None)),
        (Field("f", Text()), 1.23456789012345e17, ("123456789012345000", "digits-lost", None)),
        (Field("f", Text()), 123456789012345678, ("123456789012345678", None, None)),
        (Field("f", Text()), {"a": 1}, (None, None, "unreadable-value")),
    ],
)
def test_a_cell_is_a_value_a_finding_or_a_fault(field: Field, raw: object, expected: object) -> None:
    reader = column(field)
    assert expected == said(reader.read(raw))
    assert expected == said(reader.read(raw))


def test_texts_that_nearly_are_what_the_rules_ask_for_are_reported() -> None:
    reader = column(Field("city", Text()), compared="London")
    assert ("london", "near-miss", None) == said(reader.read("london"))
    assert ("Ｌondon", "near-miss", None) == said(reader.read("Ｌondon"))
    assert ("London", None, None) == said(reader.read("London"))
    assert ("Paris", None, None) == said(reader.read("Paris"))


def test_findings_carry_what_their_sentences_need() -> None:
    fault = column(Field("f", Number())).read("x" * 500).fault
    assert fault is not None
    expected = {"field": "f", "column": "column", "type": "number", "reason": "not-a-number", "value": "x" * 79 + "…"}
    assert expected == fault.facts
    low = column(Field("f", Number(), at_least=0, at_most=9)).read("-0.5").finding
    high = column(Field("f", Number(), at_least=0, at_most=9)).read("9.5").finding
    assert low is not None and high is not None
    assert {"field": "f", "column": "column", "value": Decimal("-0.5"), "at_least": 0} == low.facts
    assert {"field": "f", "column": "column", "value": Decimal("9.5"), "at_most": 9} == high.facts


def test_personal_values_are_never_shown() -> None:
    secret = Field("f", Number(), privacy="personal", at_least=0)
    for raw in ("secret", "-7"):
        cell = column(secret).read(raw)
        found = cell.fault or cell.finding
        assert found is not None
        assert "***" == found.facts["value"]


def test_the_order_of_day_and_month_is_passed_on() -> None:
    reader = column(Field("f", Date()), ReadingOptions(day_first=True))
    assert (date(2026, 2, 1), None, None) == said(reader.read("01/02/2026"))


def test_what_is_known_stays_small() -> None:
    reader = column(Field("f", Number()))
    for number in range(50_001):
        reader.read(str(number))
    assert 1 == len(reader.known)
    assert (7, None, None) == said(reader.read("7"))
