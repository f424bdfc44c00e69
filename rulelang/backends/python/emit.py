"""Prints the plan of a ruleset as one Python source text.

Three functions share it: `outcomes` (a row in, answers out, as fast as can be), `decided` (values in, answers and
winning branches out, or None where something is unknown) and `standing` (values in, full results out). `read` is the
door of the latter two. Where a look at each value tells that all is known, `quick` and `many` make decisions of rows in
one go.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Any

from attrs import evolve, field, frozen

from rulelang.backends.python.conditions import Printer
from rulelang.backends.python.decisions import Answers
from rulelang.backends.python.door import print_door
from rulelang.backends.python.each import plan_of, stage_name, stage_parameters
from rulelang.backends.python.gathering import record_variables
from rulelang.backends.python.indexed import Indexing
from rulelang.backends.python.known import KnownAnswers
from rulelang.backends.python.names import Lines, Names, joined
from rulelang.backends.python.objects import Layout, ObjectWay
from rulelang.backends.python.quick import ShortWay, dictionary, entry, print_head, print_if
from rulelang.backends.python.standings import Standings
from rulelang.lowering.aggregates import fields_as_read
from rulelang.lowering.needs import reckoned_picks
from rulelang.lowering.planned import Plan, PlannedEach
from rulelang.lowering.reading import asks_for_no_rule, asks_for_standings, silent_outcomes
from rulelang.model.lists import PICKS
from rulelang.model.program import Model

STANDING = "standing"


@frozen
class Emitted:
    """The source of each function (with those it calls) by its name, in the order of the whole text, and the names it
    needs: ``names.objects`` as they are, ``names.recipes`` for each as-of date.

    The last function, which serves customers of whom something is unknown, is printed when it is asked for; it may
    need names that the others don't. ``short`` prints the short way for objects of a class, where there is one.
    """

    functions: dict[str, str]
    names: Names
    short: ShortWay | None
    _print_standing: Callable[[], str] = field(eq=False, repr=False)
    _printing: Lock = field(factory=Lock, init=False, eq=False, repr=False)

    @property
    def standing(self) -> str:
        """The text of the last function."""
        with self._printing:
            if STANDING not in self.functions:
                self.functions[STANDING] = self._print_standing()
            return self.functions[STANDING]

    def of_objects(self, layout: Layout) -> str | None:
        """The text of the short way's functions for objects; None where it isn't open to them."""
        way = None if self.short is None else ObjectWay.of(self.short, layout)
        if way is None or not way.is_open:
            return None
        with self._printing:
            return way.outcomes() + way.quick() + way.many()

    @property
    def most(self) -> str:
        """The text of all others."""
        return "".join(text for name, text in self.functions.items() if name != STANDING)

    @property
    def source(self) -> str:
        """The whole text."""
        return self.most + self.standing


def emit(plan: Plan, model: Model) -> Emitted:
    """The source text of a plan; the same plan gives the same text."""
    lists = {name: each.values for name, each in model.lists.items()}
    names = Names(lists=lists, functions=model.functions, working_days=model.working_days)
    inputs = {name: f"f{number}" for number, name in enumerate((*plan.inputs, *plan.mentioned))}
    answers = {each.outcome.name: f"o{number}" for number, each in enumerate(plan.decisions)}
    of_records = [each.outcome for stage in plan.stages for each in stage.decisions]
    decided = {each.name: f"o{number}" for number, each in enumerate(of_records, start=len(answers))}
    variables: dict[Any, str] = {**inputs, **answers, **decided, **record_variables(plan)}
    as_read = fields_as_read(model)
    fields = [as_read[name] for name in inputs]
    read = fields[: len(plan.inputs)]
    parameters = ", ".join(inputs.values())
    blankable = frozenset(inputs[each.name] for each in fields if each.may_be_blank)
    reckoned = frozenset(variables[name] for name in plan.reckoned)
    picked = frozenset(
        variables[each.aggregated.expression] for each in plan.aggregations if each.aggregator.kind in PICKS
    )
    picks = reckoned_picks(model) if picked else ()
    doubtful = frozenset(variables[each] for each in picks if each in variables)
    silent = frozenset(variables[name] for name in silent_outcomes(plan))
    silent |= {
        variables[each.list, each.part]
        for each in of_records
        if (each.list, each.part) in variables and each.may_have_no_rule
    }

    doubts = [f"{variable} is None" for name, variable in inputs.items() if name in plan.needed]
    doubts += [f"{variable} is BLANK" for variable in inputs.values() if variable in blankable & reckoned]

    lines = Lines()
    lines.add("", f"Ruleset: {model.header.name or 'unnamed'}")
    for name, variable in inputs.items():
        lines.add("", f"{variable}: {name}")

    print_head(lines, "read(row, report)")
    print_door(lines, names, fields, inputs)
    lines.add(f"return {joined(inputs.values())}")
    lines.indent(-1)

    functions = {"read": lines.text()}
    nullable = frozenset(variable for name, variable in inputs.items() if name not in plan.needed)
    when_known = Printer(
        names, Lines(), variables, nullable, blankable=(blankable | silent) - reckoned | (picked - doubtful)
    )
    test = entry(plan, names, fields, inputs)
    due = silent & reckoned | doubtful
    told = {name: f"None if {each} is BLANK else {each}" if each in silent else each for name, each in answers.items()}
    short = None if test is None else ShortWay(plan, names, fields, inputs, when_known, due, told, test)
    lines, rests = Lines(), ""
    usual = "outcomes" if short is None else "usual"
    print_head(lines, f"{usual}(row)")
    print_door(lines, names, read, inputs, "IGNORED")
    for name in plan.mentioned:
        lines.add(f"{inputs[name]} = None", f"{name}: only reasons show it")
    withheld = any(each.outcome.when_missing for each in plan.decisions)
    if withheld or asks_for_no_rule(plan) or asks_for_standings(plan) or plan.stages:
        # What is missing can change an answer: only the slower functions know how.
        lines.add(f"known = decided({parameters})")
        quick = "whole(known)" if plan.stages else "known[0]"
        lines.add(f"return slow({parameters}) if known is None else {quick}")
    else:
        printer = Printer(names, lines, variables, frozenset(variables.values()), blankable=blankable | picked)
        indexing = Indexing(names, printer, usual)
        if plan.aggregations:
            # Where everything is known of all records, nothing has to be asked record by record.
            lines.add(f"known = decided({parameters})")
            print_if(lines, "known is not None", "return known[0]")
        Answers(plan, names, lines, printer, indexing).print()
        rests = indexing.helpers.text()
        lines.add(f"return {dictionary(names, answers)}")
    lines.indent(-1)

    functions["outcomes"] = rests + lines.text()
    if short is not None:
        functions["outcomes"] += short.outcomes()
        functions["quick"], functions["many"] = short.quick(), short.many()
    lines = Lines()
    printer = evolve(when_known, lines=lines)
    for number, stage in enumerate(plan.stages):
        _print_known_stage(stage, number, plan, printer, silent & reckoned)
    print_head(lines, f"decided({parameters})")
    if doubts:
        print_if(lines, " or ".join(doubts), "return None")
    indexing = Indexing(names, printer, "decided")
    KnownAnswers(plan, names, lines, printer, indexing, reckoned=due).print()
    winners = joined(variable.replace("o", "w") for variable in answers.values())
    records = joined(f"y{number}" for number, _ in enumerate(plan.stages))
    lines.add(f"return {dictionary(names, told)}, {winners}, {records}")
    lines.indent(-1)

    functions["decided"] = indexing.helpers.text() + lines.text()
    blanks = blankable | silent | picked
    return Emitted(functions, names, short, lambda: _print_standing(plan, names, variables, blanks, parameters))


def _print_standing(
    plan: Plan, names: Names, variables: dict[Any, str], blankable: frozenset[str], parameters: str
) -> str:
    """The function for customers of whom something is unknown, with those for their records."""
    body = Lines()
    body.indent()
    standings = Standings(plan, names, body, variables, blankable)
    standings.print()
    head = Lines()
    print_head(head, f"{STANDING}({parameters})")
    stages = (
        _standing_stage(stage, number, plan, names, variables, blankable) for number, stage in enumerate(plan.stages)
    )
    return "".join(stages) + standings.tried.text() + head.text() + body.text()


def _print_known_stage(stage: PlannedEach, number: int, plan: Plan, printer: Printer, reckoned: frozenset[str]) -> None:
    """The function for one record of which everything is known: what is decided, and the branch that won each."""
    lines, variables = printer.lines, printer.variables
    fields = {name: variables[stage.list, name] for name in stage.fields}
    print_head(lines, f"{stage_name(number, 'o')}({', '.join(stage_parameters(stage, printer, 'o', 'm'))})")
    doubts = [f"{variable} is None" for name, variable in fields.items() if name in stage.needed]
    if doubts:
        print_if(lines, " or ".join(doubts), "return None")
    nullable = {variable for name, variable in fields.items() if name not in stage.needed}
    own = evolve(printer, nullable=printer.nullable | nullable)
    indexing = Indexing(printer.names, own, stage_name(number, "o"), off=True)
    KnownAnswers(plan_of(stage, plan), printer.names, lines, own, indexing, reckoned=reckoned).print()
    answers = [variables[each] for each in stage.names]
    lines.add(f"return {joined(answers)}, {joined(each.replace('o', 'w') for each in answers)}")
    lines.indent(-1)


def _standing_stage(
    stage: PlannedEach, number: int, plan: Plan, names: Names, variables: dict[Any, str], blankable: frozenset[str]
) -> str:
    """The function for one record of which something is unknown: the results of its decisions."""
    body, head = Lines(), Lines()
    body.indent()
    name = stage_name(number, "d")
    standings = Standings(plan_of(stage, plan), names, body, variables, blankable, function=f"{name}_")
    standings.print()
    printer = Printer(names, head, variables, frozenset())
    print_head(head, f"{name}({', '.join(stage_parameters(stage, printer, 'd', 'h'))})")
    return standings.tried.text() + head.text() + body.text()
