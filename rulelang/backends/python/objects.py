"""Prints the short way for objects of a class: attributes in the place of keys.

    layout = layout_of(Customer, ("days", "spend"))
    ObjectWay.of(short, layout).quick()     # f0 = row.days …

What a class says of its attributes is asked once. Whoever lacks one that others of the class have, or has one that
fails, takes the usual way, as `rulelang.vocabulary.rows` tells it: the answers are those of a mapping of the same
values.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Iterable
from inspect import get_annotations
from typing import Any

from attrs import asdict, field, frozen

from rulelang.backends.python.names import Lines
from rulelang.backends.python.quick import ShortWay, dictionary, may_be_missing
from rulelang.vocabulary.rows import AttributeRow, as_row, has_attributes, is_named_tuple

_ABSENT = object()
_GETTER = type(vars(namedtuple("_Any", "one"))["one"])


@frozen
class Layout:
    """Which of some keys the objects of a class have as attributes: ``sure`` ones, ``unsure`` ones, and no others."""

    sure: frozenset[str]
    unsure: frozenset[str]


def layout_of(kind: type, keys: Iterable[str], sample: object = None) -> Layout | None:
    """What a class, and an object of it where one is at hand, says of its attributes; None where its objects show
    something else than their attributes."""
    public = frozenset(each for each in keys if not each.startswith("_"))
    if is_named_tuple(kind):
        fields: tuple[str, ...] = getattr(kind, "_fields")  # noqa: B009 - mypy knows no such attribute of a type
        getters = {each for each in fields if type(_static(kind, each)) is _GETTER}
        return Layout(public & getters, frozenset()) if getters == {*fields} else None
    answers_itself = _static(kind, "__getattr__") is not _ABSENT or (
        _static(kind, "__getattribute__") is not object.__getattribute__
    )
    if not has_attributes(kind) or (answers_itself and (sample is None or type(as_row(sample)) is not AttributeRow)):
        return None
    declared = {*getattr(kind, "__dataclass_fields__", ()), *getattr(sample, "__dict__", ())}
    declared.update(name for each in kind.__mro__ for name in get_annotations(each))
    sure = frozenset(each for each in public if each in declared or _static(kind, each) is not _ABSENT)
    may_have_more = kind.__dictoffset__ != 0 or answers_itself
    if may_have_more and not declared:
        sure = public
    return Layout(sure, public - sure if may_have_more else frozenset())


def _static(kind: type, name: str) -> Any:
    """What a class has under a name, without asking for it."""
    return next((each.__dict__[name] for each in kind.__mro__ if name in each.__dict__), _ABSENT)


def row_maker(kind: type, layout: Layout) -> Callable[[Any], Any]:
    """The function from an object of a class to a row of its attributes; one that fails is told by the slow row."""
    if is_named_tuple(kind):
        return as_row
    sure, unsure = sorted(layout.sure), sorted(layout.unsure)

    def row(thing: Any) -> Any:
        try:
            found = {name: getattr(thing, name) for name in sure}
            for name in unsure:
                value = getattr(thing, name, _ABSENT)
                if value is not _ABSENT:
                    found[name] = value
        except Exception:
            return as_row(thing)
        return found

    return row


@frozen
class ObjectWay(ShortWay):
    """The functions of the short way for objects of a ``layout``; ``quick`` is only called for such."""

    layout: Layout = field(kw_only=True)

    @classmethod
    def of(cls, short: ShortWay, layout: Layout) -> ObjectWay:
        return cls(**asdict(short, recurse=False), layout=layout)

    @property
    def is_open(self) -> bool:
        """Whether the objects have all that has to be there."""
        has = self.layout.sure | self.layout.unsure
        return all(each.name in has or may_be_missing(each, self.plan) for each in self.fields)

    def outcomes(self) -> str:
        result = f"return {dictionary(self.names, self.answers)}"
        # Where every attribute is asked for, whatever has them all may come.
        kind = None if all(each.name in self.layout.sure for each in self.fields) else "KIND"
        return self._function("outcomes(row)", "return other(row)", (result,), kind)

    def _print_values(self, lines: Lines) -> None:
        lines.add("try:")
        lines.indent()
        for each in self.fields:
            lines.add(f"{self.inputs[each.name]} = {self._attribute(each.name)}", each.name)
        lines.indent(-1)
        lines.add("except Exception:")
        lines.indent()
        lines.add(f"{' = '.join(self.inputs[each.name] for each in self.fields)} = ...")  # as no value should be
        lines.indent(-1)

    def _attribute(self, name: str) -> str:
        key = self.names.thing("N", (name,), name)
        if name in self.layout.sure:
            return f"row.{key}"  # the compiler puts the name in its place
        return f"getattr(row, {key}, None)" if name in self.layout.unsure else "None"
