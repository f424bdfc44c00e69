"""Which missing fields would settle an outcome that is not decided (S4).

They are the fields that leave a condition or a value unknown which could still change the result, found also through
other outcomes that are not decided.
"""

from __future__ import annotations

from collections.abc import Iterator

from rulelang.explain.changes import can_change
from rulelang.explain.evaluate import Evaluation, RuleTrace, Trace
from rulelang.explain.records import left_out
from rulelang.model.contributions import ANY
from rulelang.model.expressions import Aggregated, Expression
from rulelang.model.policies import Combiner
from rulelang.model.program import Model
from rulelang.model.walking import fields_read, outcomes_read, own_element_fields, parts
from rulelang.vocabulary.declarations import Field
from rulelang.vocabulary.types import ListOf


def missing_for(outcome: str, evaluation: Evaluation) -> tuple[str, ...]:
    """The fields that would settle an outcome, in the order in which the rules ask for them."""
    if evaluation.results[outcome].settled:
        return ()
    if outcome not in evaluation.settling:
        evaluation.settling[outcome] = _missing_for(outcome, evaluation)
    return evaluation.settling[outcome]


def _missing_for(outcome: str, evaluation: Evaluation) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for rule in _changing(outcome, evaluation):
        for each in rule.walked():
            found.update(dict.fromkeys(unsettled(each.trace, evaluation)))
            for value in rule.doubtful_values(each, outcome):
                found.update(dict.fromkeys(_unknown_in(value, evaluation)))
    return tuple(found)


def _missing_for_records(outcome: str, evaluation: Evaluation) -> Iterator[str]:
    """The fields that would settle an outcome of records; for a field of theirs, their list."""
    model = evaluation.scope.model
    list_ = model.outcome(outcome).list
    assert list_ is not None
    type_ = model.fields[list_].type
    assert isinstance(type_, ListOf)
    own = {field_of_record(model, list_, name).name for name, _, _ in type_.fields}
    for record in evaluation.records.get(list_, ()):
        yield from (list_ if name in own else name for name in missing_for(outcome, record))


def field_of_record(model: Model, list_: str, name: str) -> Field:
    """A record's field by the name that it has outside: ``order.amount``."""
    declared = model.fields[list_]
    type_ = declared.type
    assert isinstance(type_, ListOf)
    label, kind = next((label, kind) for key, label, kind in type_.fields if key == name)
    outside = f"{type_.element or list_}.{name}"
    return Field(outside, kind, label, privacy=declared.privacy)


def _changing(outcome: str, evaluation: Evaluation) -> Iterator[RuleTrace]:
    """The rules that can still change the result, or that give something now which they may not give in the end."""
    combiner = Combiner(evaluation.scope.model.outcome(outcome))
    decision = evaluation.decisions[outcome]
    groups = [[rule.gives[outcome] for rule in group] for group in decision]
    for group in decision:
        for rule in group:
            gives = rule.gives[outcome]
            now = tuple(ANY if each is None else each for each in gives.given)
            if now not in gives.alternatives or can_change(combiner, groups, gives):
                yield rule


def unsettled(trace: Trace, evaluation: Evaluation) -> Iterator[str]:
    """The missing fields behind a condition that is unknown, or that is not what present answers say."""
    if trace.status is not None and trace.status is trace.now:
        return
    for part in trace.parts:
        yield from unsettled(part, evaluation)
    if not trace.parts:
        yield from _unknown_in(trace.condition, evaluation)


def _measured(name: str, evaluation: Evaluation) -> tuple[str, ...]:
    """A field; for a place among all customers what it is measured by, unless that is known to be there."""
    scope = evaluation.scope
    measure = next((each for each in scope.model.measures if each.name == name), None)
    if measure is None:
        return (name,)
    parts_ = [measure.value] if measure.group is None else [measure.value, measure.group]
    read = [each for part in parts_ for each in fields_read(part)]
    known = [each for each in read if scope.fields.get(each) is not None]
    return (name,) if len(known) == len(read) else tuple(each for each in read if each not in known)


def _unknown_in(expression: Expression, evaluation: Evaluation) -> Iterator[str]:
    for name in fields_read(expression):
        if evaluation.scope.fields.get(name) is None:
            yield from _measured(name, evaluation)
    for list_, name in own_element_fields(expression):
        if evaluation.scope.records[list_].get(name) is None:
            yield field_of_record(evaluation.scope.model, list_, name).name
    for name in outcomes_read(expression):
        customer = evaluation.customer or evaluation
        if name in evaluation.decisions:
            yield from missing_for(name, evaluation)
        elif name in customer.decisions:
            yield from missing_for(name, customer)
        else:
            yield from _missing_for_records(name, customer)
    # A list whose records can't all be judged is to be mended.
    for each in parts(expression):
        if isinstance(each, Aggregated) and left_out(each, evaluation):
            yield each.list
