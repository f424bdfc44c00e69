"""Prints the short way for customers of whom everything is known and stands as it should: no guards, nothing to report.

    f0 = row.get(N0)
    if f0.__class__ is int:
        if f0 > L0: ...
        return {N1: o0}

Whoever does not fit takes the usual way, with the same answers. Only rulesets that fit on a few pages have it: it is
the same rules once more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

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


def print_values(lines: Lines, names: Names, fields: Sequence[Field], variables: Mapping[str, str]) -> None:
    """Takes every field out of ``row`` as it is."""
    for each in fields:
        lines.add(f"{variables[each.name]} = row.get({names.thing('N', (each.name,), each.name)})", each.name)


def _as_it_should_be(field: Field, variable: str, names: Names, needed: bool) -> str | None:
    if isinstance(field.type, ListOf):
        return None
    common: set[str] | None = set() if isinstance(field.type, Text) and not field.privacy else None
    odd = is_odd(field, variable, names, common)
    if odd == "True":
        return None
    usual = f"not ({odd})" if " or " in odd or " and " in odd else odd.replace(" is not ", " is ")
    may_be_missing = not needed and field.label is None and not field.may_be_blank
    return f"({usual} or {variable} is None)" if may_be_missing else usual
