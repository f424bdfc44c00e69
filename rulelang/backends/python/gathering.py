"""Prints what is asked of the records of a list: one loop per list, whatever the number of aggregates over it.

    if f0 is None:
        m0 = m1 = None
    else:
        j0 = 0
        k0 = []
        for r in f0:
            e0 = r[N0]  # orders: amount
            if e0 is not None and e0 >= L0:
                j0 += 1
                k0.append(e0)
        m0 = j0
        m1 = value0(k0)

Aggregates that count the same records share their test, and those of the same value its list. What rests on outcomes
has loops of its own, printed once these are decided.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from attrs import evolve, frozen

from rulelang.backends.python.conditions import Printer
from rulelang.backends.python.grouping import print_judging, print_row, status
from rulelang.backends.python.names import Lines, Names, joined
from rulelang.lowering.joining import ALWAYS
from rulelang.lowering.plan import Aggregated, Fixed, Operand, Test
from rulelang.lowering.planned import Aggregation, Plan, PlannedEach
from rulelang.lowering.reading import aggregated_of, answers_of, inputs_of
from rulelang.lowering.recipes import Aggregating
from rulelang.model.aggregates import EXISTS, STREAK
from rulelang.model.expressions import Aggregate, AnyGroup
from rulelang.model.groups import GROUP
from rulelang.model.lists import PICKS

_BY_ROW = (GROUP, STREAK)
_NEVER_UNKNOWN = ("busiest", "count", "distinct", STREAK, "sum", *PICKS)


@frozen
class Group:
    """Measures of one list that rest on the same outcomes and the same other aggregations: found in one loop."""

    list: str
    answers: tuple[str, ...]
    inner: tuple[Aggregated, ...]
    aggregations: tuple[Aggregation, ...]

    @property
    def waits_for(self) -> frozenset[str]:
        """The outcomes that have to be decided before it, also for the aggregations it rests on."""
        return frozenset(name for each in self.aggregations for name in each.aggregated.answers)

    @property
    def inputs(self) -> tuple[str, ...]:
        """The fields it reads, the list first."""
        parts = (part for each in self.aggregations for part in each.parts)
        return tuple(dict.fromkeys((self.list, *inputs_of(*parts))))

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields of a record it reads."""
        return tuple(dict.fromkeys(name for each in self.aggregations for name in each.fields))


def aggregator_name(names: Names, aggregation: Aggregation) -> str:
    """What aggregates: known beforehand, or on the as-of date where a threshold is in it."""
    expression = aggregation.aggregated.expression
    dated = expression.rolling if isinstance(expression, Aggregate) else getattr(expression, "length", None)
    if dated is not None and isinstance(expression, Aggregate | AnyGroup):
        return names.fixed(Fixed(Aggregating(expression)))
    return names.thing("M", (aggregation.aggregator,), aggregation.aggregator)


def groups_of(plan: Plan) -> tuple[Group, ...]:
    """The groups of a plan in an order in which each rests on earlier ones only."""
    found: dict[tuple[str, tuple[str, ...], tuple[Aggregated, ...], tuple[str, ...]], list[Aggregation]] = {}
    for each in plan.aggregations:
        key = (each.list, answers_of(*each.parts), aggregated_of(*each.parts), each.aggregated.answers)
        found.setdefault(key, []).append(each)
    return tuple(Group(*key[:3], aggregations=tuple(aggregations)) for key, aggregations in found.items())


def record_variables(plan: Plan) -> dict[Any, str]:
    """The variables of records' fields and of what is aggregated."""
    over: list[Aggregation | PlannedEach] = [*plan.aggregations, *plan.stages]
    parts = dict.fromkeys((each.list, name) for each in over for name in each.fields)
    fields: dict[Any, str] = {part: f"e{number}" for number, part in enumerate(parts)}
    return fields | {each.aggregated.expression: f"m{number}" for number, each in enumerate(plan.aggregations)}


class Loop:
    """Prints the loop of one group; what it counts and keeps goes by variables of its own."""

    def __init__(self, lines: Lines, printer: Printer, group: Group) -> None:
        self.lines, self.printer, self.group = lines, printer, group
        self._kept: dict[tuple[Test, Operand | None], str] = {}
        self._found: dict[Test, str] = {}
        self._rows: dict[Aggregated, str] = {}

    # --- for answers ---------------------------------------------------------------------------------------------

    def print_answers(self, doubt: str | None) -> None:
        """Sets the variables of all aggregations: by what is known, or with ``doubt`` only where all is known."""
        variables = [self.printer.variable(each.aggregated) for each in self.group.aggregations]
        source = self.printer.variables[self.group.list]
        if doubt is None:
            self.lines.add(f"if {source} is None:")
            self._indented(f"{' = '.join(variables)} = None")
            self.lines.add("else:")
            self.lines.indent()
        self._start()
        tests = self._by_test()
        if self._rows or any(not _is_length(test, aggregations) for test, aggregations in tests):
            self._open(source)
            if doubt is not None:
                self._give_up_on_missing(doubt)
            for test, aggregations in tests:
                self._judge(test, aggregations, doubt)
            for each in self.group.aggregations:
                if each.aggregated in self._rows:
                    self._keep_row(each, self._rows[each.aggregated], doubt)
            self.lines.indent(-1)
        for each, variable in zip(self.group.aggregations, variables, strict=True):
            self._finish(each, variable, source, doubt)
            always = each.aggregator.kind in _NEVER_UNKNOWN and each.complete == ALWAYS
            if doubt is not None and not always:
                self.lines.add(f"if {variable} is None:")
                self._indented(doubt)
        if doubt is None:
            self.lines.indent(-1)

    def _start(self) -> None:
        for each in self.group.aggregations:
            if each.aggregator.kind in _BY_ROW:
                self._rows[each.aggregated] = f"q{len(self._rows)}"
                self.lines.add(f"{self._rows[each.aggregated]} = []")
            elif each.aggregator.kind == EXISTS:
                if each.true not in self._found:
                    variable = self._found[each.true] = f"b{len(self._found)}"
                    self.lines.add(f"{variable} = False")
            elif each.value is None and each.true != ALWAYS:
                self._keep(each.true, None, f"j{len(self._kept)}", "0")
            elif each.value is not None:
                self._keep(each.true, each.value, f"k{len(self._kept)}", "[]")

    def _keep(self, test: Test, value: Operand | None, variable: str, initial: str) -> None:
        if (test, value) not in self._kept:
            self._kept[test, value] = variable
            self.lines.add(f"{variable} = {initial}")

    def _by_test(self) -> list[tuple[Test, list[Aggregation]]]:
        found: dict[tuple[Test, bool], list[Aggregation]] = {}
        for each in self.group.aggregations:
            if each.aggregator.kind not in _BY_ROW:
                found.setdefault((each.true, each.aggregator.kind == EXISTS), []).append(each)
        return [(test, aggregations) for (test, _), aggregations in found.items()]

    def _give_up_on_missing(self, doubt: str) -> None:
        needed = _needed(self.group)
        missing = [f"{self._element(name)} is None" for name in self.group.fields if name in needed]
        if missing:
            self.lines.add(f"if {' or '.join(missing)}:")
            self._indented(doubt)

    def _judge(self, test: Test, aggregations: Sequence[Aggregation], doubt: str | None) -> None:
        first = aggregations[0]
        printer = self.printer
        yes, no = printer.test(first.true), printer.test(first.false)
        if first.aggregator.kind == EXISTS:
            variable = self._found[test]
            if doubt is not None and not any(each.fallible for each in aggregations):
                self.lines.add(f"if not {variable} and ({yes}):")
                self._indented(f"{variable} = True")
                return
            self.lines.add(f"if {variable} is not True:")
            self.lines.indent()
            self.lines.add(f"if {yes}:")
            self._indented(f"{variable} = True")
            self.lines.add(f"elif {variable} is False and not ({no}):")
            self._indented(f"{variable} = None")
            self.lines.indent(-1)
            return
        if _is_length(test, aggregations):
            return
        if yes != "True":
            self.lines.add(f"if {yes}:")
            self.lines.indent()
        if (test, None) in self._kept:
            self.lines.add(f"{self._kept[test, None]} += 1")
        for value in dict.fromkeys(each.value for each in aggregations if each.value is not None):
            self._append(value, self._kept[test, value], doubt)
        if yes != "True":
            self.lines.indent(-1)
        if doubt is not None and yes != "True" and any(each.fallible for each in aggregations):
            self.lines.add(f"elif not ({no}):")
            self._indented(doubt)

    def _append(self, value: Operand, kept: str, doubt: str | None) -> None:
        text = self.printer.value(value)
        if not self.printer.may_be_unknown(value):
            self.lines.add(f"{kept}.append({text})")
            return
        if doubt is None and text.isidentifier():
            self.lines.add(f"if {text} is not None:")
            self._indented(f"{kept}.append({text})")
            return
        self.lines.add(f"v = {text}")
        if doubt is None:
            self.lines.add("if v is not None:")
            self._indented(f"{kept}.append(v)")
            return
        self.lines.add("if v is None:")
        self._indented(doubt)
        self.lines.add(f"{kept}.append(v)")

    def _keep_row(self, aggregation: Aggregation, kept: str, doubt: str | None) -> None:
        """Keeps a record for what is asked of several records together."""
        if aggregation.group is not None:
            print_row(self.lines, self.printer, aggregation, kept)
            return
        assert aggregation.value is not None
        self.lines.add(f"s = {status(self.printer, aggregation.true, aggregation.false)}")
        if doubt is not None and aggregation.fallible:
            self.lines.add("if s is None:")
            self._indented(doubt)
        self.lines.add(f"{kept}.append((s, {self.printer.value(aggregation.value)}))", self._title(aggregation))

    def _finish(self, aggregation: Aggregation, variable: str, source: str, doubt: str | None) -> None:
        aggregator = aggregation.aggregator
        name = aggregator_name(self.printer.names, aggregation)
        if aggregation.group is not None:
            judging = print_judging(self.lines, self.printer, aggregation)
            self.lines.add(f"x = {name}.result(({self._rows[aggregation.aggregated]}, {judging}))")
            if doubt is not None:
                self.lines.add("if not x.settled:")
                self._indented(doubt)
            text = "x.answer"
        elif aggregator.kind == STREAK:
            text = f"{name}.value({self._rows[aggregation.aggregated]})"
        elif aggregator.kind == EXISTS:
            text = f"{name}.truth({self._found[aggregation.true]})"
        elif aggregation.value is None:
            text = self._kept[aggregation.true, None] if aggregation.true != ALWAYS else f"len({source})"
        else:
            text = f"{name}.value({self._kept[aggregation.true, aggregation.value]})"
        if aggregation.complete != ALWAYS:
            text = f"{text} if {self.printer.test(aggregation.complete)} else None"
        self.lines.add(f"{variable} = {text}", self._title(aggregation))

    # --- for standings -------------------------------------------------------------------------------------------

    def print_rows(self) -> None:
        """Returns for each aggregation the records that count or may count, with their values; None for unknown."""
        source = self.printer.variables[self.group.list]
        rows = [f"k{number}" for number, _ in enumerate(self.group.aggregations)]
        self.lines.add(f"if {source} is None:")
        self._indented(f"return {joined('None' for _ in rows)}")
        for each in rows:
            self.lines.add(f"{each} = []")
        self._open(source)
        statuses: dict[Test, str] = {}
        for kept, aggregation in zip(rows, self.group.aggregations, strict=True):
            if aggregation.aggregator.kind in _BY_ROW:
                self._keep_row(aggregation, kept, None)
                continue
            if aggregation.true not in statuses:
                status = statuses[aggregation.true] = f"s{len(statuses)}"
                yes, no = self.printer.test(aggregation.true), self.printer.test(aggregation.false)
                self.lines.add(f"{status} = True if {yes} else False if {no} else None")
            value = "True" if aggregation.value is None else self.printer.value(aggregation.value)
            self.lines.add(f"if {statuses[aggregation.true]} is not False:", self._title(aggregation))
            self._indented(f"{kept}.append(({statuses[aggregation.true]}, {value}))")
        self.lines.indent(-1)
        found = [
            kept if each.group is None else f"({kept}, {print_judging(self.lines, self.printer, each)})"
            for kept, each in zip(rows, self.group.aggregations, strict=True)
        ]
        complete = (
            each if aggregation.complete == ALWAYS else f"{each} if {self.printer.test(aggregation.complete)} else None"
            for each, aggregation in zip(found, self.group.aggregations, strict=True)
        )
        self.lines.add(f"return {joined(complete)}")

    # --- parts ---------------------------------------------------------------------------------------------------

    def _open(self, source: str) -> None:
        self.lines.add(f"for r in {source}:")
        self.lines.indent()
        for name in self.group.fields:
            key = self.printer.names.thing("N", (name,), name)
            self.lines.add(f"{self._element(name)} = r[{key}]", f"{self.group.list}: {name}")

    def _element(self, name: str) -> str:
        return self.printer.variables[self.group.list, name]

    def _indented(self, line: str) -> None:
        self.lines.indent()
        self.lines.add(line)
        self.lines.indent(-1)

    def _title(self, aggregation: Aggregation) -> str:
        expression = aggregation.aggregated.expression
        span = expression.span
        place = f", {span.file}:{span.line}" if span is not None else ""
        return f"{aggregation.aggregator.kind} of {self.group.list}{place}"


def _is_length(test: Test, aggregations: Iterable[Aggregation]) -> bool:
    """Whether all that is asked is how many records there are."""
    return test == ALWAYS and all(each.value is None and each.aggregator.kind != EXISTS for each in aggregations)


def _needed(group: Group) -> frozenset[str]:
    return frozenset(name for each in group.aggregations for name in each.needed)


def group_variables(printer: Printer, group: Group) -> Iterator[str]:
    """The variables of the record's fields that may be missing although everything needed is known."""
    needed = _needed(group)
    return (printer.variables[group.list, name] for name in group.fields if name not in needed)


def print_known(lines: Lines, printer: Printer, group: Group, doubt: str) -> None:
    """The loop of a function for customers of whom everything is known."""
    open_ = frozenset(group_variables(printer, group))
    Loop(lines, evolve(printer, nullable=printer.nullable | open_), group).print_answers(doubt)
