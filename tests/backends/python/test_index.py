"""The index against the plain order: the first row, every row and the open rows, on any shape and any values."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given

from rulelang.backends.python import index as module
from rulelang.backends.python.index import Index
from rulelang.lowering.columns import column_of, shape_of
from rulelang.lowering.joining import ALWAYS, all_of
from rulelang.lowering.plan import All, Always, Blank, Compare, Constant, In, Input, Missing, Some, Test
from rulelang.model.contributions import BLANK
from rulelang.model.kleene import every, some

NUMBERS, TEXTS = Input("amount"), Input("city")
VALUES: Mapping[Input, Sequence[Any]] = {NUMBERS: (1, 2, 3, 5, 8), TEXTS: ("a", "b", "c")}
SIGNS = {
    "=": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


def judge(test: Test, row: Mapping[Any, Any]) -> bool | None:
    """A test by its plain meaning."""
    match test:
        case Always(never=never):
            return not never
        case All(items=items):
            return every(judge(each, row) for each in items)
        case Some(items=items):
            return some(judge(each, row) for each in items)
        case Missing(operand=operand, negated=negated):
            return (row[operand] in (None, BLANK)) is not negated
        case Blank(operand=operand):
            return row[operand] is BLANK
        case Compare(operator=sign, left=left, right=right):
            value = row[left]
            other = row[right] if isinstance(right, Input) else right.value  # type: ignore[union-attr]
            if value is None or other is None:
                return None
            return False if BLANK in (value, other) else SIGNS[sign](value, other)
        case In(operand=operand, values=values, negated=negated):
            value = row[operand]
            return None if value is None else False if value is BLANK else (value in values) is not negated
    raise AssertionError(test)


def atoms(read: Input) -> st.SearchStrategy[Test]:
    constants = st.sampled_from(VALUES[read]).map(Constant)
    signs = st.sampled_from(sorted(SIGNS) if read is NUMBERS else ["=", "!="])
    return st.one_of(
        st.builds(Compare, signs, st.just(read), constants),
        st.builds(In, st.just(read), st.lists(st.sampled_from(VALUES[read]), min_size=1).map(tuple), st.booleans()),
        st.builds(Missing, st.just(read), st.booleans()),
        st.just(Blank(read)),
    )


def column_tests(read: Input) -> st.SearchStrategy[Test]:
    several = st.lists(atoms(read), min_size=2, max_size=3).map(tuple)
    return st.one_of(atoms(read), several.map(All), several.map(Some))


BOTH = st.builds(Some, st.tuples(atoms(NUMBERS), atoms(TEXTS)))
BRANCHES = st.builds(
    lambda *found: all_of([each for each in found if each is not None]),
    st.none() | column_tests(NUMBERS),
    st.none() | column_tests(TEXTS),
    st.none() | st.none() | BOTH,
)
CUSTOMERS = st.fixed_dictionaries(
    {NUMBERS: st.sampled_from([None, BLANK, *range(10)]), TEXTS: st.sampled_from([None, BLANK, *"abcd"])}
)


def prepared(tests: Sequence[Test]) -> tuple[Index, list[Input], dict[int, Any]]:
    shape = shape_of(tests)
    reads = [*shape.columns, *(each for each in (NUMBERS, TEXTS) if each not in shape.columns)]
    rests = {
        number: lambda *values, test=shape.rows[number].rest: judge(test, dict(zip(reads, values, strict=True)))
        for number in shape.rests
    }
    return Index(shape, {}), reads, rests  # type: ignore[return-value]


@pytest.mark.parametrize("limits", [(4, 8, 500), (0, 0, 500), (0, 0, 1)], ids=["split", "bits", "shared"])
def test_first_and_every_row_are_those_of_the_plain_order(limits: tuple[int, int, int], monkeypatch: Any) -> None:
    for name, value in zip(("MOST_COPIES", "SMALL", "MOST_SETS"), limits, strict=True):
        monkeypatch.setattr(module, name, value)

    @given(st.lists(BRANCHES, min_size=1, max_size=12), st.lists(CUSTOMERS, min_size=1, max_size=12))
    def check(tests: list[Test], customers: list[dict[Input, Any]]) -> None:
        index, reads, rests = prepared(tests)
        for customer in customers:
            values = [customer[each] for each in reads]
            fitting = [at for at, test in enumerate(tests) if judge(test, customer)]
            assert index.first(values, rests) == (fitting or [-1])[0]
            assert list(index.every(values, rests)) == fitting
            if not rests:
                open_ = []
                for at, test in enumerate(tests):
                    truth = judge(test, customer)
                    if truth is not False:
                        open_.append((at, truth is True))
                    if truth:
                        break
                assert list(index.open(values)) == open_

    check()


def test_what_looks_at_two_values_stays_behind() -> None:
    two = Some((Compare(">", NUMBERS, Constant(1)), Compare("=", TEXTS, Constant("a"))))
    assert column_of(two) is None
    shape = shape_of([all_of((two, Compare("<", NUMBERS, Constant(8))))])
    assert (shape.rows[0].rest, shape.columns) == (two, (NUMBERS,))
    assert shape_of([ALWAYS]).rows[0].rest == ALWAYS


def test_dates_are_ordered_like_numbers() -> None:
    day = datetime.date(2026, 1, 31)
    index, _, rests = prepared([Compare("<=", NUMBERS, Constant(day)), ALWAYS])
    assert [index.first((each,), rests) for each in (day, day + datetime.timedelta(1), None)] == [0, 1, 1]
