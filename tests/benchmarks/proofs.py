"""Times the proofs, boxes beside z3 on the same questions: ``python -m tests.benchmarks.proofs [--shipped]``.

Both have to give the same answers. z3 is used as well as can be: everything is said once, and each question is a check
under assumptions.
"""

from __future__ import annotations

import datetime
import platform
import random
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import click
import z3

import rulelang
from rulelang.analysis.difference import NEW, OLD, _Comparison
from rulelang.analysis.formula import Box
from rulelang.analysis.inquiry import Inquiry
from rulelang.analysis.solve import Budget, Solver
from rulelang.analysis.solver.outcomes import outcome_in_words
from rulelang.analysis.solver.reckoning import reckoned, truth_in_words
from rulelang.analysis.solver.terms import Terms
from rulelang.engine.advice.proving import answers_of, prove
from rulelang.plugin.discover import discover
from rulelang.plugin.locate import shipped

AS_OF = datetime.date(2026, 1, 1)
HEAD = """\
field spend: money in CNY, at least 0
field age: whole number, at least 0, at most 120
field last_purchase: date
field channel: one of online, store, phone, agent
field vip: yes or no
outcome class: text, unique
outcome first_class: text
"""
Question = tuple[tuple[int, ...], Box]


def rules(count: int, seed: int) -> str:
    """Rules with conditions on one to four of five fields; the last one is changed by the seed."""
    draw, lines = random.Random(7), [HEAD]
    for number in range(count):
        low, days = draw.randrange(0, 100_000, 50), draw.randrange(1, 2000)
        conditions = [
            f"spend between {low} ..< {low + draw.randrange(50, 5000)}",
            f"age {draw.choice(('>', '<=', '>=', '<'))} {draw.randrange(18, 90)}",
            f"last_purchase {draw.choice(('>', '<='))} {days} days",
            f"channel is {draw.choice(('online', 'store', 'phone', 'agent'))}",
        ][: draw.randrange(2, 5)]
        conditions += [draw.choice(("vip", "not vip"))] * draw.randrange(2)
        if number == count - 1:
            conditions[0] = f"spend between {low} ..< {low + 50 + seed}"
        condition = " and ".join(conditions)
        lines.append(f'rule "r{number}": if {condition} then class = "c{number}", first_class = "c{number}"\n')
    return "".join(lines)


def asked(inquiry: Inquiry) -> Iterator[tuple[str, list[Question]]]:
    """The questions of `rulelang check`, by kind."""
    formulas = inquiry.space.formulas
    unique, first = (inquiry.program.decide(name) for name in ("class", "first_class"))
    yield "completeness", [(tuple(formulas.opposite(each.gives) for each in unique.givers), inquiry.sound)]
    gives = [each.gives for each in unique.givers]
    pairs = [(place, other) for place in range(len(gives)) for other in range(place + 1, len(gives))]
    yield "conflicting pairs", [((gives[one], gives[other]), inquiry.everybody) for one, other in pairs]
    reached, before = list[Question](), list[int]()
    for giver in first.givers:
        reached.append(((giver.gives, *before), inquiry.everybody))
        before.append(formulas.opposite(giver.gives))
    yield "unreachable rules", reached


def by_boxes(inquiry: Inquiry, kind: str, questions: Sequence[Question]) -> list[bool]:
    """Whether each holds for nobody. Of pairs only those are looked at that may meet by their cells."""
    if kind != "conflicting pairs":
        return [inquiry.solver.solve(wanted, within, Budget()) is None for wanted, within in questions]
    rivals = [set(each) for each in inquiry.rivals(inquiry.program.decide("class"))]
    count, found, places = len(rivals), list[bool](), iter(questions)
    for one in range(count):
        for other in range(one + 1, count):
            wanted, within = next(places)
            found.append(other not in rivals[one] or inquiry.solver.solve(wanted, within, Budget()) is None)
    return found


class ByZ3:
    """A space said to z3 once."""

    def __init__(self, solver: Solver, programs: Sequence[Any], formulas: Sequence[int]) -> None:
        say = outcome_in_words(solver.definition, programs)
        self.terms = Terms(z3, z3.Context(), solver.space, say, reckoned, truth_in_words)
        for each in formulas:
            self.terms.formula(each)
        self.terms.explain()
        self.engine = z3.Solver(ctx=self.terms.context)
        self.engine.add(*self.terms.facts)

    def never(self, wanted: Sequence[int], within: Box) -> bool:
        spoken = self.terms.spoken.items()
        inside = [
            self.terms.within(each, within[number]) for number, each in spoken if within[number] != each.cells.full
        ]
        return str(self.engine.check(*map(self.terms.formula, wanted), *inside)) == "unsat"


def timed(function: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds of the processor, whatever else the machine does."""
    start = time.process_time()
    found = function()
    return time.process_time() - start, found


def show(count: int, kind: str, questions: int, boxes: float, other: float) -> None:
    times = f"{boxes * 1e3:>12,.1f}  {other * 1e3:>12,.1f}  {other / boxes:>8,.1f}×"
    click.echo(f"{count:>6,}  {kind:<18} {questions:>9,}  {times}")


def of_one(count: int) -> None:
    """Completeness, conflicting pairs, unreachable rules, and the difference that one edit makes."""
    ruleset, edited = rulelang.loads(rules(count, 0)), rulelang.loads(rules(count, 1))
    inquiry = Inquiry.of(ruleset.model, AS_OF, answers_of(ruleset, AS_OF))
    for kind, questions in asked(inquiry):
        boxes, ours = timed(lambda kind=kind, questions=questions: by_boxes(inquiry, kind, questions))  # type: ignore[misc]  # bound at once
        said = ByZ3(inquiry.solver, (inquiry.program,), [each for wanted, _ in questions for each in wanted])
        other, theirs = timed(lambda said=said, questions=questions: [said.never(*each) for each in questions])  # type: ignore[misc]  # bound at once
        assert ours == theirs, kind
        show(count, kind, len(questions), boxes, other)
    answers = {OLD: inquiry.answers, NEW: answers_of(edited, AS_OF)}
    comparison = _Comparison.of(ruleset.model, edited.model, AS_OF, answers, set())
    differs, everybody = comparison._of_gifts("class"), comparison.space.everything()
    boxes, nobody = timed(lambda: comparison.solver.solve([differs], everybody, Budget()) is None)
    said = ByZ3(comparison.solver, (comparison.old, comparison.new), [differs])
    other, theirs = timed(lambda: said.never([differs], everybody))
    assert nobody == theirs
    show(count, "difference", 1, boxes, other)


def of_shipped() -> None:
    """`rulelang check` on every ruleset that ships, the slowest first."""
    found = []
    for each in shipped(discover()):
        ruleset = rulelang.load(each.name)
        seconds, _ = timed(lambda ruleset=ruleset: prove(ruleset, ruleset.as_of(None)))  # type: ignore[misc]  # bound at once
        found.append((seconds, each.name, len(ruleset.model.rules)))
    for seconds, name, count in sorted(found, reverse=True):
        click.echo(f"{seconds:8.2f} s  {name} ({count} rules)")


@click.command()
@click.option("--most", default=1_000, show_default=True, help="The largest number of rules that is tried.")
@click.option("--shipped", "own", is_flag=True, help="Checks the rulesets that ship instead.")
def main(most: int, own: bool) -> None:
    """Times boxes beside z3 on the same questions."""
    click.echo(f"Python {platform.python_version()}, {platform.machine()}, z3 {z3.get_version_string()}\n")
    if own:
        return of_shipped()
    click.echo(f"{'rules':>6}  {'question':<18} {'asked':>9}  {'boxes ms':>12}  {'z3 ms':>12}")
    for count in (10, 100, 1_000):
        if count <= most:
            of_one(count)
    return None


if __name__ == "__main__":
    main()
