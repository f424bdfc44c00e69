"""Functions for generated models: one that fails on some values, and one that is given what is unknown."""

from __future__ import annotations

from rulelang.values.numbers import Number, add
from rulelang.vocabulary.functions import Function, Parameter
from tests.strategies.pools import NUMBER, TEXT, YESNO


def twice(number: Number) -> Number:
    return add(number, number)


def first_known(one: Number | None, other: Number | None) -> Number | None:
    return other if one is None else one


def short(text: str) -> bool:
    if text == "b":
        raise ValueError("not this one")
    return len(text) < 2


FUNCTIONS = {
    each.name: each
    for each in (
        Function("twice", (Parameter("number", NUMBER),), NUMBER, twice, plugin="sums", version="1"),
        Function(
            "first_known",
            (Parameter("one", NUMBER), Parameter("other", NUMBER)),
            NUMBER,
            first_known,
            unknown_in="given",
            plugin="sums",
            version="1",
        ),
        Function("short", (Parameter("text", TEXT),), YESNO, short, plugin="texts", version="1"),
    )
}
