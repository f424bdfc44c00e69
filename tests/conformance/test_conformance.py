"""Every conformance case on the engine and on the oracle."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

import rulelang
from rulelang.engine.deciding.decided import Decided
from rulelang.model.contributions import ANY
from rulelang.model.program import Model
from rulelang.values.durations import Duration
from rulelang.vocabulary.declarations import list_spellings
from rulelang.vocabulary.reading import read_value
from rulelang.vocabulary.types import Choice, Text
from tests import oracle
from tests.conformance.case_files import ConformanceCase, Expected, read_cases

CASES = read_cases()
MARKS = {oracle.NO_VALUE: "(none)", oracle.ANY: "(any)", None: "(none)", ANY: "(any)"}


@cache
def load(text: str, files: tuple[tuple[str, str], ...] = ()) -> rulelang.Ruleset:
    if not files:
        return rulelang.loads(text)
    with TemporaryDirectory() as folder:
        for name, content in (*files, ("main.rules", text)):
            (Path(folder) / name).write_text(content, "utf-8")
        return rulelang.load(Path(folder) / "main.rules")


def plain(value: object) -> object:
    """Numbers as fractions, so that 2 and 2.00 are one."""
    if isinstance(value, tuple):
        return tuple(plain(each) for each in value)
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return Fraction(value)
    return str(value) if isinstance(value, Duration) else value


def mark(value: object) -> object:
    """A possible value as the cases write it."""
    return MARKS.get(value, value)


def read_texts(model: Model, given: Mapping[str, object]) -> dict[str, object]:
    """A customer whose dates, numbers, yes and no are no longer text; the oracle reads none."""
    row = dict(given)
    for field in model.fields.values():
        for key in (field.name, field.label):
            if isinstance(row.get(key), str) and not isinstance(field.type, Text | Choice):
                row[key] = read_value(field, row[key])
    return row


def assert_expected(expected: Expected, found: Expected) -> None:
    assert (plain(expected.answer), expected.standing) == (plain(found.answer), found.standing)
    assert {plain(each) for each in expected.possible} == {plain(each) for each in found.possible}
    if expected.missing is not None:
        assert found.missing is not None
        assert set(expected.missing) == set(found.missing)
    if expected.rule is not None:
        assert expected.rule == found.rule


def told(decision: Decided, name: str) -> Expected:
    """What the engine says of an outcome, of a customer or of a record."""
    return Expected(
        decision[name],
        decision.standing(name),
        tuple(mark(each) for each in decision.possible(name)),
        decision.missing_for(name),
        decision.rule(name),
    )


def judged(decision: oracle.OracleDecision, name: str) -> Expected:
    """What the oracle says."""
    return Expected(
        decision.outcomes[name],
        decision.standings[name],
        tuple(mark(each) for each in decision.possible[name]),
        decision.missing_for[name],
        decision.rules[name],
    )


@pytest.mark.parametrize("case", CASES, ids=str)
def test_engine(case: ConformanceCase) -> None:
    ruleset = load(case.rules, case.files)
    if case.base:
        ruleset = ruleset.with_cuts(ruleset.count(case.base, case.as_of))
    if case.error is not None:
        with pytest.raises((rulelang.RuleError, rulelang.DataError)) as raised:
            ruleset.decide(case.given, as_of=case.as_of)
        assert case.error in [each.code for each in raised.value.diagnostics]
        return
    decision = ruleset.decide(case.given, as_of=case.as_of)
    compiled = ruleset.compile(as_of=case.as_of)(case.given)
    for name, expected in case.expect.items():
        assert_expected(expected, told(decision, name))
        assert plain(expected.answer) == plain(compiled[name])
    for list_, records in case.each.items():
        elements = decision.each(list_)
        assert len(records) == len(elements)
        for expectations, element in zip(records, elements, strict=True):
            for name, expected in expectations.items():
                assert_expected(expected, told(element, name))


@pytest.mark.parametrize("case", [case for case in CASES if case.error is None], ids=str)
def test_oracle(case: ConformanceCase) -> None:
    model = load(case.rules, case.files).model
    row = read_texts(model, case.given)
    if case.base:
        row |= oracle.places(model, [read_texts(model, each) for each in case.base], row, case.as_of)
    decision = oracle.decide(model, row, case.as_of)
    for name, expected in case.expect.items():
        assert_expected(expected, judged(decision, name))
    for list_, records in case.each.items():
        (field,) = (each for each in model.fields.values() if list_ in list_spellings(each))
        keys = {
            each: outcome.name for outcome in model.outcomes_of(field.name) for each in (outcome.part, outcome.label)
        }
        assert len(records) == len(decision.records[field.name])
        for expectations, found in zip(records, decision.records[field.name], strict=True):
            for name, expected in expectations.items():
                assert_expected(expected, judged(found, keys[name]))
