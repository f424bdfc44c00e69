"""Two models on common ground, so that parts of one may stand in the other: the same choices, lists and measures."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from functools import cache
from typing import Any, cast

import attrs
from attrs import evolve

from rulelang.model.expressions import FieldRef
from rulelang.model.program import Measure, Model
from rulelang.vocabulary.types import Choice, Length, ListOf, Money, Number, Type


def with_common_measures(old: Model, new: Model) -> tuple[Model, Model]:
    """Both models with their measures under common names; they mean what they meant."""
    measures = _united_measures(old.measures, new.measures)
    return _with_names(old, measures), _with_names(new, measures)


def with_common_types(old: Model, new: Model) -> tuple[Model, Model, tuple[str, ...]]:
    """Both models with the choices and lists of both, and the names of what has types that don't go together.

    A choice has the members of the new model, in its order, and those that only the old one has; a list the fields of
    both.
    """
    types: dict[Type, Type] = {}
    unlike: list[str] = []
    declared = ("fields", "outcomes", "record_outcomes", "thresholds")
    for ours, theirs in ((getattr(old, part), getattr(new, part)) for part in declared):
        for name in [each for each in ours if each in theirs]:
            one, other = ours[name].type, theirs[name].type
            if not _alike(one, other):
                unlike.append(name)
            elif isinstance(one, Choice) and isinstance(other, Choice) and one != other:
                types[one] = types[other] = _united(one, other)
            elif isinstance(one, ListOf) and isinstance(other, ListOf):
                fields = tuple({name: part for part in (*one.fields, *other.fields) for name in part[:1]}.values())
                types[one], types[other] = evolve(one, fields=fields), evolve(other, fields=fields)
    changed = _rewriter(types, {})
    return _rewritten(old, changed), _rewritten(new, changed), tuple(unlike)


def _rewritten(model: Model, changed: Callable[[Any], Any]) -> Model:
    return evolve(
        model,
        fields={name: changed(each) for name, each in model.fields.items()},
        outcomes={name: changed(each) for name, each in model.outcomes.items()},
        record_outcomes={name: changed(each) for name, each in model.record_outcomes.items()},
        thresholds={name: changed(each) for name, each in model.thresholds.items()},
        rules=tuple(map(changed, model.rules)),
        measures=tuple(map(changed, model.measures)),
    )


def _alike(one: Type, other: Type) -> bool:
    """Whether rules written for one type can read the other."""
    if type(one) is not type(other):
        return False
    match one, other:
        case (Money(currency=first), Money(currency=second)):
            return first == second
        case (Length(unit=ours), Length(unit=theirs)):
            return ours == theirs
        case (Number(percent=one_percent), Number(percent=other_percent)):
            return one_percent == other_percent
        case (ListOf(fields=parts), ListOf(fields=others)):
            kinds = {name: type_ for name, _, type_ in others}
            return all(
                _alike(type_, kinds[name]) and (not isinstance(type_, Choice) or type_ == kinds[name])
                for name, _, type_ in parts
                if name in kinds
            )
    return True


def _united(old: Choice, new: Choice) -> Choice:
    members = list(new.members)
    keys = list(new.keys())
    before: str | None = None
    for member in old.members:
        if member.key not in keys:
            place = 0 if before is None else keys.index(before) + 1
            keys.insert(place, member.key)
            members.insert(place, member)
        before = member.key
    return evolve(new, members=tuple(members))


def _united_measures(old: Iterable[Measure], new: Iterable[Measure]) -> tuple[Measure, ...]:
    """The measures of both, each once; those of the new model keep their names."""
    found = list(new)
    for each in old:
        if not any(each.same_as(known) for known in found):
            taken = {known.name for known in found}
            name, number = each.name, 1
            while name in taken:
                name, number = f"{each.name.rpartition(' ')[0]} {len(found) + number}", number + 1
            found.append(each.named(name))
    return tuple(found)


def _with_names(model: Model, measures: Iterable[Measure]) -> Model:
    """The model with its measures under other names."""
    names = {each.name: next(known.name for known in measures if each.same_as(known)) for each in model.measures}
    if all(name == other for name, other in names.items()):
        return model
    fields = {name: each for name, each in model.fields.items() if name not in names}
    renamed = _rewritten(model, _rewriter({}, names))
    return evolve(
        renamed,
        fields={**fields, **{other: evolve(model.fields[name], name=other) for name, other in names.items()}},
        measures=tuple(each.named(names[each.name]) for each in model.measures),
    )


def _rewriter(types: Mapping[Type, Type], names: Mapping[str, str]) -> Callable[[Any], Any]:
    """Puts other types and other names of measures into declarations, rules and expressions."""
    wanted = {name: other for name, other in names.items() if name != other}
    if not types and not wanted:
        return lambda value: value

    def rewrite(value: Any) -> Any:
        if isinstance(value, tuple):
            return tuple(map(rewrite, value))
        if isinstance(value, Choice | ListOf) and value in types:
            return types[value]
        if not attrs.has(type(value)):
            return value
        parts = ((name, getattr(value, name)) for name in _attributes(cast(Hashable, type(value))))
        changed = {name: other for name, part in parts if (other := rewrite(part)) is not part and other != part}
        if isinstance(value, FieldRef) and value.name in wanted:
            changed["name"] = wanted[value.name]
        return evolve(value, **changed) if changed else value

    return rewrite


@cache
def _attributes(kind: Hashable) -> tuple[str, ...]:
    return tuple(each.name for each in attrs.fields(cast(type, kind)) if each.init)
