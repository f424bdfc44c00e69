"""Takes a compiled program apart into what is kept of it; `rulelang.backends.python.kept` puts it together again."""

from __future__ import annotations

import marshal
from collections.abc import Iterator, Mapping
from types import CodeType
from typing import Any

from attrs import evolve

from rulelang.backends.python.bound import PLAIN, Bound
from rulelang.backends.python.emit import STANDING
from rulelang.backends.python.index import Index
from rulelang.backends.python.plain_values import NotPlainError, wrapped, wrapped_index
from rulelang.backends.python.program import Program
from rulelang.backends.python.reviving import Doubts, Parts
from rulelang.backends.python.runtime import RUNTIME
from rulelang.lowering.aggregates import fields_as_read
from rulelang.lowering.columns import fixed_in
from rulelang.lowering.recipes import Recipe
from rulelang.model.program import Model
from rulelang.values.text import clean_text
from rulelang.vocabulary.declarations import Field
from rulelang.vocabulary.types import Text

# Made anew where it is needed: readers are functions, and the texts they find common are those the code looks up.
_MADE_ANEW = frozenset("RQT")


def head_of(program: Program, bound: Bound, model: Model) -> dict[str, Any]:
    """What is needed to decide a customer of whom everything is known, as plain values for `marshal`."""
    names, codes, used = program.emitted.names, _codes(program), _used(program)
    functions = [] if None in codes else [each for each in program.emitted.functions if each != STANDING]
    outcomes, stages = program.names_decided
    objects, others = _told_apart(names.objects, used)
    indexes = _indexes(program, bound, used)
    texts, as_read = names.things("T"), fields_as_read(model)
    return {
        "fields": program.fields,
        "known keys": program.known_keys,
        "branch rules": program.branch_rules,
        "outcomes": outcomes,
        "stages": stages,
        "code": codes.get(None),
        "functions": {name: marshal.dumps(codes[name]) if name in codes else None for name in functions},
        "runtime": tuple(sorted((used & RUNTIME.keys()) - PLAIN.keys())),
        "objects": objects,
        "others": bool(others or names.things("Q") or None in indexes.values()),
        "texts": tuple(name for name, of in texts.items() if "." not in of),
        "readers": {name: _of_texts(as_read[of], of, texts) for name, of in names.things("R").items()},
        "indexes": {name: form for name, form in indexes.items() if form is not None},
        "dated": bool(_recipes(program, used)),
        "may be blank": "BLANK" in used or any(each.may_be_blank for each in model.fields.values()),
    }


def parts_of(program: Program, model: Model) -> Parts:
    """What else the code needs, but for what is needed only where something is unknown."""
    names, used = program.emitted.names, _used(program)
    as_read = fields_as_read(model)
    return Parts(
        evolve(model, rules=(), sources=()),
        tuple(as_read[name] for name in program.fields),
        _told_apart(names.objects, used)[1],
        _recipes(program, used),
        {name: shape for name, shape in names.indexes.items() if name in used},
        names.things("R"),
        names.things("Q"),
        names.things("T"),
    )


def doubts_of(program: Program) -> Doubts | None:
    """The function for customers of whom something is unknown, once it has been compiled."""
    code = program.codes.get(STANDING)
    if code is None:
        return None
    names = program.emitted.names
    objects = {name: value for name, value in names.objects.items() if name[0] not in _MADE_ANEW}
    return Doubts(marshal.dumps(code), objects, dict(names.recipes), dict(names.indexes))


def day_of(bound: Bound, names: Parts) -> dict[str, Any] | None:
    """What was worked out for one as-of date, as plain values; None where some of it has no such form."""
    try:
        values = {name: wrapped(bound.namespace[name]) for name in names.recipes}
        indexes = {
            name: wrapped_index(bound.namespace[name], every=True)
            for name, shape in names.shapes.items()
            if fixed_in(shape)
        }
    except NotPlainError:
        return None
    return {"values": values, "indexes": indexes}


def _codes(program: Program) -> dict[str | None, CodeType]:
    """What has been compiled, but for the function for customers of whom something is unknown."""
    return {name: code for name, code in program.codes.items() if name != STANDING}


def _used(program: Program) -> frozenset[str]:
    """The names that the code looks up."""
    return frozenset(name for code in _codes(program).values() for name in _names_in(code))


def _recipes(program: Program, used: frozenset[str]) -> dict[str, Recipe]:
    """The recipes of the values that the code looks up, itself or in an index."""
    names = program.emitted.names
    shapes = [shape for name, shape in names.indexes.items() if name in used]
    inside = {fixed.recipe for shape in shapes for fixed in fixed_in(shape)}
    return {name: recipe for name, recipe in names.recipes.items() if name in used or recipe in inside}


def _told_apart(objects: Mapping[str, Any], used: frozenset[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Plain values in their form, and all others but those made anew."""
    plain, others = {}, {}
    for name, value in objects.items():
        if name[0] in _MADE_ANEW or name not in used:
            continue
        try:
            plain[name] = wrapped(value)
        except NotPlainError:
            others[name] = value
    return plain, others


def _of_texts(field: Field, name: str, texts: Mapping[str, str]) -> tuple[str, frozenset[str]] | None:
    """Where a field's common texts are, and what stands for no text; None where more is to be looked at."""
    found = next((each for each, of in texts.items() if of == name), None)
    if found is None or not isinstance(field.type, Text) or field.at_least is not None or field.at_most is not None:
        return None
    return found, frozenset(("", *map(clean_text, field.missing_values)))


def _indexes(program: Program, bound: Bound, used: frozenset[str]) -> dict[str, Any]:
    """The forms of the indexes that don't rest on the as-of date; None for one without."""
    forms = {}
    for name, shape in program.emitted.names.indexes.items():
        index = bound.namespace.get(name)
        if name in used and not fixed_in(shape) and isinstance(index, Index):
            try:
                forms[name] = wrapped_index(index, every=f"{name}.every(" in program.emitted.most)
            except NotPlainError:
                forms[name] = None
    return forms


def _names_in(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for each in code.co_consts:
        if isinstance(each, CodeType):
            yield from _names_in(each)
