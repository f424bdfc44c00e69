"""Boxes, the second prover and trying everybody: of every question the same answer.

Rules compare fields with each other and with constants, read each other's outcomes, add up points; some
thousand questions by default; `pytest tests/analysis --fuzz 120` asks more than 60,000 and prints how many.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cache, reduce
from itertools import combinations, product
from operator import and_
from random import Random
from typing import Any

import pytest
from hypothesis import note
from hypothesis import strategies as st

import rulelang
from rulelang.analysis.cells import MISSING, NONE
from rulelang.analysis.formula import YES, Box
from rulelang.analysis.inquiry import Inquiry
from rulelang.analysis.points import point_of
from rulelang.analysis.solve import Budget
from rulelang.engine.advice.proving import answers_of
from rulelang.model.contributions import BLANK
from rulelang.model.walking import outcomes_read
from tests.analysis.test_proofs import DAY, conditions, search

pytest.importorskip("z3", reason='the second prover: pip install "rulelang[prove]"')

HEAD = """\
choice level: low < medium < high
field n: whole number, at least 0, at most 3
field m: whole number, at least 0, at most 2
field p: whole number, may be blank, at least 0, at most 1
field c: one of x, y
field d: level
outcome g: {g}
outcome s: {s}
outcome q: whole number{q}
outcome t: one of u, v, w{t}
outcome k: text, collect{k}
"""
VALUES: dict[str, tuple[Any, ...]] = {
    "n": (0, 1, 2, 3, None),
    "m": (0, 1, 2, None),
    "p": (0, 1, BLANK, None),
    "c": ("x", "y", None),
    "d": ("low", "medium", "high", None),
}
WITHHELD = ", undecided when data is missing"
DECLARED = {
    "g": [f"level{more}" for more in ("", ", highest wins", ", lowest wins", ", unique", ", all agree", ", last")],
    "s": ["whole number, sum", "whole number, sum, at most 3", "whole number, sum, at least 0"],
    "q": ["", ", highest wins", ", lowest wins", ", else 1", ", at most 2", ", all agree", WITHHELD],
    "t": ["", ", unique", ", else w", ", all agree", WITHHELD],
    "k": ["", WITHHELD],
}  # fmt: skip
OF_FIELDS = [
    *("n > m", "n <= m", "n = m", "m < p", "n - m >= p", "n + m > 2", "n * m >= 2", "m + p = 2", "n != p"),
    *("n / m > 1", "n >= 2", "m = 1", "p is missing", "n is known", "c is x", "d > low", "d is missing", "p <= 0"),
]
OF_OUTCOMES = [
    *("g is low", "g >= medium", "g is missing", "s > 1", "s <= n", "s = m + 1", "q > m", "q is missing", "q < s"),
    *("d <= g", 'k contains "a"', 'not (k contains "b")', "s between 1 and 3"),
]
GIVEN = {
    "g": ["g = low", "g = medium", "g = high", "g = d"],
    "s": ["add 1 to s", "add 2 to s", "add -1 to s", "add n to s", "add m * 2 to s"],
    "q": ["q = n", "q = n + m", "q = 2", "q = n / 2", "q = m * 2 at most 3", "q = -m / 2"],
    "t": ["t = u", "t = v", "t = w"],
    "k": ['tag "a"', 'tag "b"'],
}
ATOMS = {"g": OF_FIELDS, "s": OF_FIELDS, "q": [*OF_FIELDS, "s > 1", "s <= n"], "k": OF_FIELDS}


@st.composite
def rulesets(draw: st.DrawFn) -> str:
    lines = [HEAD.format(**{name: draw(st.sampled_from(options)) for name, options in DECLARED.items()})]
    number = 0
    for name in ("g", "s", "q", "k", "t"):
        for _ in range(draw(st.integers(1, 3))):
            number += 1
            condition = draw(conditions(ATOMS.get(name, [*OF_FIELDS, *OF_OUTCOMES * 2]), depth=1))
            priority = draw(st.sampled_from(("", "", "", " priority 1")))
            lines.append(f'rule "r{number}"{priority}: if {condition} then {draw(st.sampled_from(GIVEN[name]))}\n')
            if draw(st.integers(0, 4)) == 0:
                lines.append(f"  otherwise {draw(st.sampled_from(GIVEN[name]))}\n")
    return "".join(lines)


@cache
def everybody() -> tuple[dict[str, Any], ...]:
    return tuple(dict(zip(VALUES, chosen, strict=True)) for chosen in product(*VALUES.values()))


def questions(inquiry: Inquiry) -> Iterator[tuple[str, tuple[int, ...], Box]]:
    """What `rulelang check` asks, and a few things more."""
    formulas, space = inquiry.space.formulas, inquiry.space
    for decision in inquiry.decisions():
        nobody = tuple(formulas.opposite(giver.gives) for giver in decision.givers)
        yield "gap", nobody, inquiry.sound
        yield "silent", (*nobody, decision.silent), inquiry.plausible
        if decision.outcome.policy != "collect":
            for number, cell in enumerate(decision.variable.cells.cells[:8]):
                yield cell.kind, (space.within(decision.variable, 1 << number),), inquiry.everybody
        for place, giver in enumerate(decision.givers):
            for other in decision.givers[place + 1 :]:
                yield "pair", (giver.gives, other.gives), inquiry.everybody
    for rule, number, branch in inquiry.branches():
        pair = inquiry.program.pair(branch.condition)
        yield "true", (pair.true,), inquiry.everybody
        yield "unknown", (formulas.opposite(pair.true), formulas.opposite(pair.false)), inquiry.everybody
        yield "taken", (inquiry.program.taken(rule, number),), inquiry.everybody


def statements(inquiry: Inquiry) -> list[int]:
    """What may be true of a customer: that a condition holds, fails or is unknown, that an outcome has a value."""
    formulas, found = inquiry.space.formulas, list[int]()
    for _, _, branch in inquiry.branches():
        pair = inquiry.program.pair(branch.condition)
        unknown = formulas.all_of((formulas.opposite(pair.true), formulas.opposite(pair.false)))
        found += (pair.true, pair.false, unknown)
    for decision in inquiry.decisions():
        if decision.outcome.policy != "collect":
            cells = range(min(len(decision.variable.cells.cells), 8))
            found += (inquiry.space.within(decision.variable, 1 << number) for number in cells)
    return found


def test_boxes_and_the_second_prover_agree_with_trying_everybody(fuzz: int | None, asked: Counter[str]) -> None:
    def check(text: str) -> None:
        note(text)
        ruleset = rulelang.loads(text)
        answers = answers_of(ruleset, DAY)
        inquiry = Inquiry.of(ruleset.model, DAY, answers)
        assert inquiry.prover is not None
        points = []
        for each in everybody():
            point = point_of(inquiry.solver, {name: each[name] for name in ruleset.model.fields}, {"": answers})
            if point is not None:
                points.append(point)
        # What is withheld is told roughly, and whether an outcome that rests on others has no rule or is undecided.
        rough = WITHHELD in text or any(
            outcomes_read(branch.condition) for rule in ruleset.model.decision("q") for branch in rule.branches
        )
        status = inquiry.space.formulas.status

        @cache
        def those(formula: int) -> int:
            """The customers for whom it holds, a bit for each."""
            return sum(1 << place for place, point in enumerate(points) if status(formula, point) == YES)

        for kind, wanted, within in questions(inquiry):
            inside = (
                1 << place
                for place, point in enumerate(points)
                if all(mask & other for mask, other in zip(point, within, strict=True))
            )
            somebody = bool(reduce(and_, map(those, wanted), sum(inside)))
            boxes = inquiry.solver.solve(wanted, within, Budget()) is None
            never = inquiry.prover.never(wanted, within, 400_000)
            told = f"{kind} {wanted}: {somebody=} {boxes=} {never=}"
            assert not (somebody and (boxes or never)), told
            assert somebody or never or rough or kind in (MISSING, NONE), told
            asked["boxes, z3 and everybody"] += 1
        pairs = list(combinations(statements(inquiry), 2))
        for both in Random(text).sample(pairs, min(len(pairs), 500)):
            if inquiry.solver.solve(both, inquiry.everybody, Budget()) is None:
                assert not those(both[0]) & those(both[1]), both
            asked["two things at once, boxes and everybody"] += 1

    search(check, rulesets(), fuzz, 15)
