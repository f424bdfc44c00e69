"""Prints how the records of a list are decided: one function for a record, called for each of them in its turn.

    x = decided_records(each0, f2, ('amount',), ('alert',), (f0, o1))
    if x is None:
        return None
    f2, y0 = x

From there on the records have what was decided for them beside their fields. What else records and lists have to be
asked is due as soon as all that it rests on is decided.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from attrs import field, frozen

from rulelang.backends.python.conditions import Printer
from rulelang.backends.python.gathering import Group, groups_of
from rulelang.backends.python.names import joined
from rulelang.lowering.plan import Aggregated
from rulelang.lowering.planned import Plan, PlannedEach


@frozen
class Waiting:
    """What is still to be gathered in lists and decided for records, and the outcomes decided so far."""

    groups: list[Group]
    stages: list[PlannedEach]
    decided: set[str] = field(factory=set)
    gathered: set[Aggregated] = field(factory=set)

    @classmethod
    def of(cls, plan: Plan) -> Waiting:
        return cls(list(groups_of(plan)), list(plan.stages))

    def prepare(self, gather: Callable[[Group], None], decide: Callable[[PlannedEach], None]) -> None:
        """Prints what can be found in lists, and decided for their records, before the next decision."""
        for each in self.due():
            if isinstance(each, Group):
                gather(each)
            else:
                decide(each)

    def due(self) -> Iterator[Group | PlannedEach]:
        """Everything that can be done now, each after what it rests on."""
        going = True
        while going:
            going = False
            for group in [each for each in self.groups if each.waits_for <= self.decided]:
                self.groups.remove(group)
                self.gathered.update(each.aggregated for each in group.aggregations)
                going = True
                yield group
            for stage in [each for each in self.stages if self._is_due(each)]:
                self.stages.remove(stage)
                self.decided.update(stage.names)
                going = True
                yield stage

    def _is_due(self, stage: PlannedEach) -> bool:
        return stage.waits_for <= self.decided and self.gathered.issuperset(stage.aggregated)


def stage_name(number: int, answer: str) -> str:
    """The function that decides for one record of which all is known (``o``), or that judges it (``d``)."""
    return f"each{number}" if answer == "o" else f"judge{number}"


def stage_call(stage: PlannedEach, number: int, printer: Printer, answer: str, aggregate: str) -> str:
    """The arguments for deciding all records; ``answer`` and ``aggregate`` begin the variables of what is handed on."""
    names = printer.names
    read = names.constant((*stage.fields, *(part for _, part in stage.earlier)))
    parts = names.constant(tuple(each.outcome.part for each in stage.decisions))
    given = joined(_given(stage, printer, answer, aggregate))
    return f"{stage_name(number, answer)}, {printer.variables[stage.list]}, {read}, {parts}, {given}"


def stage_parameters(stage: PlannedEach, printer: Printer, answer: str, aggregate: str) -> Sequence[str]:
    """The parameters of the function that decides for one record."""
    variables = printer.variables
    fields = [variables[stage.list, name] for name in stage.fields]
    earlier = [variables[name].replace("o", answer) for name, _ in stage.earlier]
    return [*fields, *earlier, *_given(stage, printer, answer, aggregate)]


def _given(stage: PlannedEach, printer: Printer, answer: str, aggregate: str) -> list[str]:
    """What all records are decided with: the customer's fields and outcomes, and what whole lists come to."""
    variables = printer.variables
    return [
        *(variables[name] for name in stage.inputs),
        *(variables[name].replace("o", answer) for name in stage.answers),
        *(variables[each.expression].replace("m", aggregate) for each in stage.aggregated),
    ]


def plan_of(stage: PlannedEach, plan: Plan) -> Plan:
    """The plan of one record's decisions."""
    branches = tuple(branch for rule in stage.rules for branch in rule.branches)
    return Plan(stage.decisions, stage.inputs, (), plan.needed, plan.reckoned, branches, stage.rules)
