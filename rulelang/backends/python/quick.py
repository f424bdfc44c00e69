"""Prints the short way for customers of whom everything is known and stands as it should: no guards, nothing to report.

    if row.__class__ is not dict: return usual(row)
    try:
        f0 = row[N0]
    except KeyError: return usual(row)
    if not f0.__class__ is int: return usual(row)
    if f0 > L0: ...
    return {N1: o0}

Whoever does not fit takes the usual way, with the same answers. What is there is faster taken than asked for; only of a
dict is it known that taking what isn't there changes nothing. Only rulesets that fit on a few pages have it: it is
the same rules once more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set

from rulelang.backends.python.door import is_odd
from rulelang.backends.python.names import Lines, Names
from rulelang.lowering.planned import Plan
from rulelang.vocabulary.declarations import Field
from rulelang.vocabulary.types import ListOf, Text

MOST_BRANCHES = 200


def entry(plan: Plan, names: Names, fields: Sequence[Field], variables: Mapping[str, str]) -> str | None:
    """The test that every value is there and as it should be; None where that can't be told by one look at each."""
    if plan.aggregations or plan.stages or len(plan.branches) > MOST_BRANCHES:
        return None
    tests = [_as_it_should_be(each, variables[each.name], names, each.name in plan.needed) for each in fields]
    known = [each for each in tests if each is not None]
    return " and ".join(known) if known and len(known) == len(tests) else None


def print_values(
    lines: Lines, names: Names, fields: Sequence[Field], variables: Mapping[str, str], needed: Set[str], otherwise: str
) -> None:
    """Takes every field out of ``row`` as it is; ``otherwise`` is done where one that has to be there isn't."""

    def key(field: Field) -> str:
        return names.thing("N", (field.name,), field.name)

    print_if(lines, "row.__class__ is not dict", otherwise)
    asked = [each for each in fields if _may_be_missing(each, each.name in needed)]
    taken = [each for each in fields if each not in asked]
    if taken:
        lines.add("try:")
        lines.indent()
        for each in taken:
            lines.add(f"{variables[each.name]} = row[{key(each)}]", each.name)
        lines.indent(-1)
        lines.add("except KeyError:")
        lines.indent()
        lines.add(otherwise)
        lines.indent(-1)
    for each in asked:
        lines.add(f"{variables[each.name]} = row.get({key(each)})", each.name)


def print_if(lines: Lines, test: str, then: str) -> None:
    """One statement under a condition."""
    lines.add(f"if {test}:")
    lines.indent()
    lines.add(then)
    lines.indent(-1)


def _may_be_missing(field: Field, needed: bool) -> bool:
    """Whether a customer may go the short way without the field: not where its label may stand for its name."""
    return not needed and field.label is None and not field.may_be_blank


def _as_it_should_be(field: Field, variable: str, names: Names, needed: bool) -> str | None:
    if isinstance(field.type, ListOf):
        return None
    common: set[str] | None = set() if isinstance(field.type, Text) and not field.privacy else None
    odd = is_odd(field, variable, names, common)
    if odd == "True":
        return None
    usual = f"not ({odd})" if " or " in odd or " and " in odd else odd.replace(" is not ", " is ")
    return f"({usual} or {variable} is None)" if _may_be_missing(field, needed) else usual
