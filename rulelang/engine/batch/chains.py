"""Decisions in which one of many branches wins, as candidates in the order in which they win.

A candidate fits where all its conditions hold, each on one column: a field compared with constants, or the truth of any
other condition on fields, which SQL tells. A branch with alternatives (`any of`) becomes several candidates.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import product
from typing import Any

from attrs import field, frozen

from rulelang.backends.python.candidates import giving
from rulelang.backends.python.cells import Column, Ranges
from rulelang.backends.python.finding import FIRST, MISSING
from rulelang.backends.sql.alike import is_exact
from rulelang.engine.batch.bitsets import Columns
from rulelang.lowering.columns import column_of, fixed_in, shape_of
from rulelang.lowering.fixed import fixed_value
from rulelang.lowering.joining import ALWAYS, all_of
from rulelang.lowering.plan import All, Constant, Input, Some, Test
from rulelang.lowering.planned import Plan, PlannedDecision, PlannedRule
from rulelang.lowering.reading import answers_of
from rulelang.model.policies import Combiner
from rulelang.model.program import Model

_MOST_ALTERNATIVES = 16
_MOST_TRUTHS = 60
_TRUE = FIRST + 1  # the cell of a condition that is true; where it is false it is in the one before
_TRUTHS = FIRST + 2

Candidate = tuple[int, Any, Test]  # the branch, what it gives, its condition


@frozen
class Chain:
    """A decision. ``columns`` are what its candidates look at: fields with their cells, then ``truths`` of conditions.

    By candidate: ``branches``, and ``kinds`` as the position of what it gives among the ``values``, the last of which
    is what no candidate gives. The candidates of which something is beyond columns are ``open``: only Python can tell
    whether they fit.
    """

    outcome: str
    columns: tuple[tuple[str, Column], ...]
    truths: tuple[Test, ...]
    cells: tuple[Columns, ...] = field(repr=False)
    branches: tuple[int, ...] = field(repr=False)
    kinds: tuple[int, ...] = field(repr=False)
    values: tuple[Any, ...] = field(repr=False)
    open: frozenset[int] = field(repr=False)


def chains(plan: Plan, model: Model, as_of: date, fewest: int) -> dict[str, Chain]:
    """The decisions of a plan that are chains of at least so many branches, by outcome."""
    found = {}
    for decision in plan.decisions:
        size = sum(len(rule.branches) for rule in decision.rules)
        chain = _chain(decision, model, as_of, plan) if size >= fewest else None
        if chain is not None:
            found[decision.outcome.name] = chain
    return found


def _chain(decision: PlannedDecision, model: Model, as_of: date, plan: Plan) -> Chain | None:
    combiner = Combiner(decision.outcome)
    candidates = _candidates(decision, combiner)
    if not candidates or decision.outcome.when_missing == "worst":
        return None
    if any(rule.divisors or rule.lookups or rule.calls for rule in decision.rules):
        return None  # more than fields may be unknown
    branches, values, tests = zip(
        *((branch, value, test) for branch, value, whole in candidates for test in _alternatives(whole)), strict=True
    )
    if answers_of(*tests):
        return None
    shape = shape_of(tests)
    if not all(isinstance(each, Input) for each in shape.columns):
        return None
    known = {each: fixed_value(each.recipe, model, as_of) for each in fixed_in(shape)}
    by_column: list[list[Test]] = [[] for _ in shape.columns]
    for row in shape.rows:
        for column, test in row.tests:
            by_column[column].append(test)
    columns = [Column.of(each, known) for each in by_column]
    width = len(columns)
    spans: list[list[tuple[Ranges | None, Ranges | None]]] = [[] for _ in columns]
    truths: dict[Test, int] = {}
    beyond = set()
    blank = frozenset(name for name in plan.inputs if model.fields[name].may_be_blank)
    met: dict[tuple[int, Test], tuple[Ranges, Ranges]] = {}
    for number, row in enumerate(shape.rows):
        found: dict[int, tuple[Ranges, Ranges]] = {}
        for column, test in row.tests:
            if (column, test) not in met:
                met[column, test] = columns[column].true(test), columns[column].open(test)
            found[column] = met[column, test]
        for test in _items(row.rest):
            if test not in truths and (len(truths) == _MOST_TRUTHS or not is_exact(test, blank)):
                beyond.add(number)
                continue
            place = truths.setdefault(test, len(truths))
            if width + place == len(spans):
                spans.append([(None, None)] * number)
            found[width + place] = ((_TRUE, _TRUTHS),), ((MISSING, MISSING + 1), (_TRUE, _TRUTHS))
        for column, each in enumerate(spans):
            each.append(found.get(column, (None, None)))
    if not spans:
        return None
    counts = [each.count for each in columns] + [_TRUTHS] * len(truths)
    cells = tuple(
        Columns(count, [true for true, _ in each], [open_ for _, open_ in each])
        for count, each in zip(counts, spans, strict=True)
    )
    given = dict.fromkeys(each for each in values if each != combiner.fallback)
    kinds = {each: place for place, each in enumerate(given)}
    last = len(kinds)
    names = [each.name for each in shape.columns if isinstance(each, Input)]
    return Chain(
        decision.outcome.name,
        tuple(zip(names, columns, strict=True)),
        tuple(truths),
        cells,
        branches,
        tuple(kinds.get(each, last) for each in values),
        (*kinds, combiner.fallback),
        frozenset(beyond),
    )  # fmt: skip


def _candidates(decision: PlannedDecision, combiner: Combiner) -> list[Candidate]:
    """The branches in the order in which they win; none where it takes more than one of them to tell."""
    policy, name = decision.outcome.policy, decision.outcome.name
    if policy not in ("first", "last", "highest", "lowest"):
        return []
    alone = policy == "first" and len(decision.rules) == 1
    found: list[Candidate] = []
    for group in decision.groups:
        parts: list[list[Candidate]] = []
        for rule in group:
            part = _of_rule(rule, name, combiner, alone)
            if part is None or (policy in ("highest", "lowest") and len(part) > 1):
                return []
            parts.append(part)
        if policy == "last":
            parts.reverse()
        chain = [each for part in parts for each in part]
        if policy in ("highest", "lowest"):
            chain.sort(key=lambda each: combiner.ranks.get(each[1], each[1]), reverse=policy == "highest")
        found += [(branch, combiner.finished(value), test) for branch, value, test in chain]
    return found


def _of_rule(rule: PlannedRule, name: str, combiner: Combiner, alone: bool) -> list[Candidate] | None:
    """The branches of a rule; None where what they give is reckoned, or where one that is taken gives nothing. Of a
    rule ``alone`` that one leaves the outcome's last resort.
    """
    given = {number: gifts for number, _, gifts in giving(rule, name)}
    if len(given) < len(rule.branches) and not alone:
        return None
    found: list[Candidate] = []
    for number, branch in enumerate(rule.branches, start=1):
        gifts = given.get(number)
        if gifts is None:
            found.append((branch.index, combiner.fallback, branch.true))
        elif len(gifts) == 1 and isinstance(gifts[0].value, Constant):
            found.append((branch.index, gifts[0].value.value, branch.true))
        else:
            return None
    return found


def _alternatives(test: Test) -> Sequence[Test]:
    """A condition as several, one of which holds where it does, in the logic of three values, too."""
    found = list(_cut(test))
    return [test] if len(found) > _MOST_ALTERNATIVES else found


def _cut(test: Test) -> Iterator[Test]:
    match test:
        case All(items=items):
            parts = [list(_cut(each)) for each in items]
            several = [each for each in parts if len(each) > 1]
            if len(several) > 4:
                yield test
            else:
                yield from (all_of(each) for each in product(*parts))
        case Some(items=items) if column_of(test) is None:
            for each in items:
                yield from _cut(each)
        case _:
            yield test


def _items(test: Test) -> Sequence[Test]:
    if test == ALWAYS:
        return ()
    return test.items if isinstance(test, All) else (test,)
