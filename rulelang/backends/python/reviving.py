"""What a kept program needs besides its code, read from where it is kept or, where it is not, made from the rules."""

from __future__ import annotations

import marshal
from collections.abc import Callable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, Protocol

from attrs import frozen

from rulelang.backends.python.door import make_list_reader, make_reader
from rulelang.backends.python.index import Index
from rulelang.backends.python.runtime import RUNTIME
from rulelang.lowering.columns import Shape, fixed_in
from rulelang.lowering.fixed import fixed_value
from rulelang.lowering.recipes import Recipe
from rulelang.model.program import Model
from rulelang.vocabulary.declarations import Field
from rulelang.vocabulary.records import RecordReader

if TYPE_CHECKING:
    from rulelang.backends.python.bound import Bound
    from rulelang.backends.python.program import Program


class Sections(Protocol):
    """Where the parts of a kept ruleset come from."""

    def plain(self, name: str) -> Any:
        """A part of plain values; None where it isn't kept."""

    def pickled(self, name: str) -> Any:
        """A part made of other things; None where it isn't kept."""

    def keep_day(self, bound: Bound) -> None:
        """Keeps what was worked out for an as-of date."""

    def keep_doubts(self, program: Program) -> None:
        """Keeps the function for customers of whom something is unknown, which has just been compiled."""

    @property
    def model(self) -> Model:
        """The model, kept or made anew from the rules."""

    @property
    def program(self) -> Program:
        """The program, made anew from the model."""


@frozen
class Parts:
    """What generated code refers to by name and is not plain.

    ``model`` is the ruleset's without its rules: thresholds, lists and calendars are what recipes look at.
    ``readers``, ``record_readers`` and ``texts`` name the fields they read; a list's column with the list before it.
    """

    model: Model
    fields: tuple[Field, ...]
    objects: Mapping[str, Any]
    recipes: Mapping[str, Recipe]
    shapes: Mapping[str, Shape]
    readers: Mapping[str, str]
    record_readers: Mapping[str, str]
    texts: Mapping[str, str]

    def add_dated(self, namespace: dict[str, Any], as_of: date) -> None:
        """Adds what rests on the as-of date, but for what is there."""
        for name, recipe in self.recipes.items():
            if name not in namespace:
                namespace[name] = fixed_value(recipe, self.model, as_of)
        known = {recipe: name for name, recipe in self.recipes.items()}
        for name, shape in self.shapes.items():
            if name not in namespace:
                fixed = {each: namespace[known[each.recipe]] for each in fixed_in(shape)}
                namespace[name] = Index(shape, fixed)

    def add_record_readers(self, namespace: dict[str, Any]) -> None:
        """Adds what reads lists, with the texts that are common in their columns."""
        texts = {of: name for name, of in self.texts.items()}
        by_name = {each.name: each for each in self.fields}
        for name, list_ in self.record_readers.items():
            reader = namespace[name] = RecordReader(by_name[list_])
            for column in reader.columns:
                of = f"{list_}.{column.field.name}"
                if of in texts and column.common is not None:
                    namespace[texts[of]] = column.common


@frozen
class Doubts:
    """The function for customers of whom something is unknown: its code, and the names that only it needs."""

    code: bytes
    objects: Mapping[str, Any]
    recipes: Mapping[str, Recipe]
    shapes: Mapping[str, Shape]


def add_parts(namespace: dict[str, Any], sections: Sections, as_of: date) -> None:
    """Adds what rests on the as-of date and what has no plain form to the names that generated code sees."""
    kept = _parts(sections)
    if kept is None:
        program = sections.program
        whole, names = program.bind(sections.model, as_of).namespace, program.emitted.names
        for name in (*names.recipes, *names.indexes, *names.objects):
            namespace[name] = whole[name]
        return
    for name, value in kept.objects.items():
        namespace.setdefault(name, value)
    kept.add_dated(namespace, as_of)
    kept.add_record_readers(namespace)


def readers(namespace: Mapping[str, Any], sections: Sections, as_of: date) -> Mapping[str, Callable[..., Any]]:
    """What reads values that are not in their canonical form; texts it finds common are those the code looks up."""
    kept = _parts(sections)
    if kept is None:
        whole: Mapping[str, Callable[..., Any]] = sections.program.bind(sections.model, as_of).namespace
        return whole
    texts = {of: namespace[name] for name, of in kept.texts.items()}
    lists = {of: namespace[name] for name, of in kept.record_readers.items()}
    by_name = {each.name: each for each in kept.fields}
    found: dict[str, Callable[..., Any]] = {}
    for name, of in kept.readers.items():
        field = by_name[of]
        if of in lists:
            found[name] = make_list_reader(field, kept.fields, lists[of])
        else:
            found[name] = make_reader(field, kept.fields, texts.get(of))
    return found


def standing(namespace: Mapping[str, Any], sections: Sections, as_of: date) -> Callable[..., Any]:
    """The function for customers of whom something is unknown."""
    kept, doubts = _parts(sections), sections.pickled("doubts")
    if kept is None or not isinstance(doubts, Doubts):
        program = sections.program
        program.compile_standing()
        sections.keep_doubts(program)
        made: Callable[..., Any] = program.bind(sections.model, as_of).standing
        return made
    own = {**RUNTIME, **namespace, **doubts.objects}
    dated = Parts(kept.model, (), {}, {**kept.recipes, **doubts.recipes}, doubts.shapes, {}, {}, {})
    # An index that finds what is open needs the shape it was made from.
    for name in doubts.shapes:
        own.pop(name, None)
    dated.add_dated(own, as_of)
    exec(marshal.loads(doubts.code), own)
    standing_: Callable[..., Any] = own["standing"]
    return standing_


def model_without_rules(sections: Sections) -> Model:
    """The model without its rules where that is kept, else the whole of it."""
    kept = _parts(sections)
    return sections.model if kept is None else kept.model


def _parts(sections: Sections) -> Parts | None:
    found = sections.pickled("program")
    return found if isinstance(found, Parts) else None
