"""What an expression is made of and what it reads."""

from __future__ import annotations

from rulelang.model import expressions as e
from rulelang.model.walking import bare, children, divides, fields_read, outcomes_read, parts
from tests.oracle.build import NUMBER, compare, field, literal, outcome

RATIO = e.Arithmetic("/", field("x"), field("y"), NUMBER)
NAMED = e.Named("margin", "毛利", RATIO)
CONDITION = e.And((compare(NAMED, ">", 1), e.OneOf(field("x"), (literal(1), outcome("o", NUMBER)))))


def test_parts_come_in_the_order_written() -> None:
    assert list(children(CONDITION)) == list(CONDITION.items)
    assert [type(each).__name__ for each in parts(CONDITION)][:6] == [
        *("And", "Comparison", "Named", "Arithmetic", "FieldRef", "FieldRef"),
    ]


def test_what_is_read_is_told_once() -> None:
    assert fields_read(CONDITION) == ("x", "y")
    assert outcomes_read(CONDITION) == ("o",)
    assert divides(CONDITION) and not divides(CONDITION.items[1])


def test_names_are_transparent() -> None:
    assert bare(e.Named("again", None, NAMED)) is RATIO
