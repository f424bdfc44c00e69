"""The cells of a text: what the conditions on it tell apart.

Candidates are the texts compared, the entries of the lists and tables it is looked up in, and texts made up so that
they pass some of the tests (starts with, contains, …) and fail the others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import product
from typing import Any

from rulelang.analysis.cells import Cells, Extras, grouped
from rulelang.model import expressions as e
from rulelang.model.evaluation import literal_value
from rulelang.model.expressions import Expression
from rulelang.model.text_tests import normal_pattern, pattern_holds
from rulelang.values.text import clean_text
from rulelang.vocabulary.types import Text

MOST_TESTS = 5

Sign = Callable[[str], Any]


def cells_of_text(
    texts: Iterable[str], asked: Iterable[e.TextTest], signs: Sequence[Sign], extras: Extras
) -> Cells | None:
    """The cells of a text: texts for which all ``signs`` are the same are one cell.

    None where the tests ``asked`` of it can't be told apart by made-up texts.
    """
    tests = list(dict.fromkeys(asked))

    def sign(text: str) -> tuple[Any, ...]:
        return tuple(each(text) for each in signs)

    known = list(dict.fromkeys(texts))
    taken = set(known)
    if len(tests) > MOST_TESTS:
        return None
    made: dict[tuple[bool, ...], str] = {}
    for text in _candidates(tests, taken):
        if text and text not in taken and clean_text(text) == text:
            made.setdefault(tuple(pattern_holds(each.kind, text, each.pattern) for each in tests), text)
    for wanted in product((True, False), repeat=len(tests)):
        if wanted not in made and not _impossible(tests, wanted):
            return None
    candidates = [*known, *made.values()]
    signatures = [sign(each) for each in candidates]
    return grouped(candidates, signatures, sign, set(signatures[len(known) :]), extras)


def compared_text(condition: Expression, name: str) -> str | None:
    """The text with which a condition compares a field for being the same or another; None for any other condition."""
    match condition:
        case (
            e.Comparison(operator="=" | "!=", left=e.FieldRef(name=found), right=e.Literal(value=str()) as literal)
            | e.Comparison(operator="=" | "!=", left=e.Literal(value=str()) as literal, right=e.FieldRef(name=found))
        ) if found == name and isinstance(literal.type, Text):
            text: str = literal_value(literal)
            return text
    return None


def _candidates(tests: Sequence[e.TextTest], taken: set[str]) -> Iterable[str]:
    """Texts that pass some of the tests; the plainest first."""
    plain = next(each for number in range(len(taken) + 1) if (each := "other" + "x" * number) not in taken)
    yield plain
    for chosen in product((False, True), repeat=len(tests)):
        asked = [each for each, wanted in zip(tests, chosen, strict=True) if wanted]
        parts = {kind: [_body(each) for each in asked if each.kind == kind] for kind in ("starts", "contains", "ends")}
        like = [_body(each) for each in asked if each.kind == "like"]
        start, end = max(parts["starts"], key=len, default=""), max(parts["ends"], key=len, default="")
        for middle in ("".join(parts["contains"]), "-".join(parts["contains"]), "0".join(reversed(parts["contains"]))):
            for filling in ("", "x", "0", "-", "01234567"):
                yield start + middle + "".join(like) + filling + end
                yield "".join(like) or start or end or middle or filling


def _body(test: e.TextTest) -> str:
    pattern = normal_pattern(test.pattern)
    return pattern.replace("*", "").replace("?", "x") if test.kind == "like" else pattern


def _impossible(tests: Sequence[e.TextTest], wanted: Sequence[bool]) -> bool:
    """Whether no text can pass just these tests, as far as can be told by looking at them in pairs."""
    passed = [each for each, true in zip(tests, wanted, strict=True) if true]
    failed = [each for each, true in zip(tests, wanted, strict=True) if not true]
    if any(not each.pattern and each.kind != "like" for each in failed):
        return True
    return any(_exclude(one, other) for one in passed for other in passed) or any(
        _implies(one, other) for one in passed for other in failed
    )


def _exclude(one: e.TextTest, other: e.TextTest) -> bool:
    first, second = normal_pattern(one.pattern), normal_pattern(other.pattern)
    if one.kind == other.kind == "starts":
        return not first.startswith(second) and not second.startswith(first)
    return one.kind == other.kind == "ends" and not first.endswith(second) and not second.endswith(first)


def _implies(one: e.TextTest, other: e.TextTest) -> bool:
    if "like" in (one.kind, other.kind):
        return False
    first, second = normal_pattern(one.pattern), normal_pattern(other.pattern)
    if other.kind == "contains":
        return second in first
    if one.kind != other.kind:
        return False
    return first.startswith(second) if one.kind == "starts" else first.endswith(second)
