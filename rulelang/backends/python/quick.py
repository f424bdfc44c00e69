"""Prints the short way for customers of whom everything is known and stands as it should: no guards, nothing to report.

    if row.__class__ is not dict: return usual(row)
    try:
        f0 = row[N0]
    except KeyError:
        f0 = None
    if not f0.__class__ is int: return usual(row)
    if f0 > L0: ...
    return {N1: o0}

Whoever does not fit takes the usual way, with the same answers. What is there is faster taken than asked for; only of a
dict is it known that taking what isn't there changes nothing. Only rulesets that fit on a few pages have it: it is
the same rules once more, for each of its functions:

- ``outcomes`` gives the answers of a row.
- ``quick`` makes a decision of a dict: an object that has ``_situation`` and ``_found``, values and answers in a row.
- ``many`` does so for one row after the other, each with the object to be filled, as one loop: to call a function for
  each would take longer than most rules do.

`rulelang.backends.python.objects` prints the same for objects with attributes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attrs import evolve, frozen

from rulelang.backends.python.conditions import Printer
from rulelang.backends.python.door import is_odd
from rulelang.backends.python.indexed import Indexing
from rulelang.backends.python.known import KnownAnswers
from rulelang.backends.python.names import Lines, Names, joined
from rulelang.lowering.planned import Plan
from rulelang.vocabulary.declarations import Field
from rulelang.vocabulary.types import ListOf, Text

MOST_BRANCHES = 200

_GIVEN_UP = ("yield otherwise(row)", "continue")


@frozen
class ShortWay:
    """What the functions of the short way are printed from: the ``test`` that all is known and as it should be, and
    the ``answers`` by outcome; ``reckoned`` as in `rulelang.backends.python.known.KnownAnswers`."""

    plan: Plan
    names: Names
    fields: Sequence[Field]
    inputs: Mapping[str, str]
    printer: Printer
    reckoned: frozenset[str]
    answers: Mapping[str, str]
    test: str

    def outcomes(self) -> str:
        """The function from a row to its answers; other rows go to ``usual``."""
        result = f"return {dictionary(self.names, self.answers)}"
        return self._function("outcomes(row)", "return usual(row)", (result,), kind="dict")

    def quick(self) -> str:
        """The function that calls ``make`` for a decision of a dict, and fills it; None where the way isn't open."""
        result = "D = make()", *self._filled, "return D"
        return self._function("quick(row, make, situation)", "return None", result)

    def many(self) -> str:
        """The generator that fills the objects which come with the rows, dicts as the ``kind`` says; of other rows it
        gives what ``otherwise`` makes."""
        lines = Lines()
        print_head(lines, "many(rows, otherwise, situation, kind)")
        lines.add("for row, D in rows:")
        lines.indent()
        print_if(lines, "row.__class__ is not kind", *_GIVEN_UP)
        self._print_values(lines)
        print_if(lines, f"not ({self.test})", *_GIVEN_UP)
        lines.add("try:")
        lines.indent()
        helpers = self._print_decisions(lines, "many", "raise DOUBT")  # out of however many loops
        lines.indent(-1)
        lines.add("except DOUBT:")
        _indented(lines, "pass")
        lines.add("else:")
        _indented(lines, *self._filled, "yield D", "continue")
        lines.add(_GIVEN_UP[0])
        return helpers + lines.text()

    @property
    def _filled(self) -> tuple[str, str]:
        found = joined((*self.inputs.values(), *self.answers.values()))
        return "D._situation = situation", f"D._found = {found}"

    def _function(self, signature: str, otherwise: str, result: Sequence[str], kind: str | None = None) -> str:
        """A function that goes the short way, and what it does where that is not open; it looks whether a row is of a
        ``kind`` where one is named."""
        lines = Lines()
        print_head(lines, signature)
        if kind is not None:
            print_if(lines, f"row.__class__ is not {kind}", otherwise)
        self._print_values(lines)
        print_if(lines, f"not ({self.test})", otherwise)
        helpers = self._print_decisions(lines, signature.partition("(")[0], otherwise)
        for each in result:
            lines.add(each)
        return helpers + lines.text()

    def _print_decisions(self, lines: Lines, function: str, doubt: str) -> str:
        """Prints the rules; gives what they ask of functions of their own."""
        printer = evolve(self.printer, lines=lines)
        indexing = Indexing(self.names, printer, function)
        known = KnownAnswers(
            self.plan, self.names, lines, printer, indexing, doubt=doubt, keeps_winners=False, reckoned=self.reckoned
        )
        known.print()
        return indexing.helpers.text()

    def _print_values(self, lines: Lines) -> None:
        """Takes every field out of ``row`` as it is; where one isn't there that has to be, the test fails."""
        asked = [each for each in self.fields if may_be_missing(each, self.plan)]
        taken = [each for each in self.fields if each not in asked]
        if taken:
            lines.add("try:")
            lines.indent()
            for each in taken:
                lines.add(f"{self.inputs[each.name]} = row[{self._key(each)}]", each.name)
            lines.indent(-1)
            lines.add("except KeyError:")
            _indented(lines, f"{self.inputs[taken[0].name]} = None")  # of those that have to be there asked for first
        for each in asked:
            lines.add(f"{self.inputs[each.name]} = row.get({self._key(each)})", each.name)

    def _key(self, field: Field) -> str:
        return self.names.thing("N", (field.name,), field.name)


def entry(plan: Plan, names: Names, fields: Sequence[Field], variables: Mapping[str, str]) -> str | None:
    """The test that every value is there and as it should be; None where that can't be told by one look at each."""
    if plan.aggregations or plan.stages or len(plan.branches) > MOST_BRANCHES:
        return None
    tests = [_as_it_should_be(each, variables[each.name], names, may_be_missing(each, plan)) for each in fields]
    known = [each for each in tests if each is not None]
    return " and ".join(known) if known and len(known) == len(tests) else None


def dictionary(names: Names, answers: Mapping[str, str]) -> str:
    """The answers by outcome."""
    pairs = (f"{names.thing('N', (name,), name)}: {answer}" for name, answer in answers.items())
    return f"{{{', '.join(pairs)}}}"


def print_head(lines: Lines, signature: str) -> None:
    """Begins a function."""
    lines.add("")
    lines.add("")
    lines.add(f"def {signature}:")
    lines.indent()


def print_if(lines: Lines, test: str, *then: str) -> None:
    """Statements under a condition."""
    lines.add(f"if {test}:")
    _indented(lines, *then)


def _indented(lines: Lines, *texts: str) -> None:
    lines.indent()
    for each in texts:
        lines.add(each)
    lines.indent(-1)


def may_be_missing(field: Field, plan: Plan) -> bool:
    """Whether a customer may go the short way without the field: not where its label may stand for its name."""
    return field.name not in plan.needed and field.label is None and not field.may_be_blank


def _as_it_should_be(field: Field, variable: str, names: Names, may_be_missing: bool) -> str | None:
    if isinstance(field.type, ListOf):
        return None
    common: set[str] | None = set() if isinstance(field.type, Text) and not field.privacy else None
    odd = is_odd(field, variable, names, common)
    if odd == "True":
        return None
    usual = f"not ({odd})" if " or " in odd or " and " in odd else odd.replace(" is not ", " is ")
    return f"({usual} or {variable} is None)" if may_be_missing else usual
