"""Names for everything generated code refers to: no text of a rule file ever becomes part of the code."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from attrs import field, frozen

from rulelang.lowering.columns import Shape, fixed_in
from rulelang.lowering.plan import Fixed
from rulelang.lowering.recipes import Recipe
from rulelang.values.working_days import WorkingDays
from rulelang.vocabulary.functions import Function


@frozen
class Names:
    """Hands out an identifier per literal, set, list or fixed value; equal ones share it.

    ``objects`` are the values behind them, ``recipes`` what has to be computed for each as-of date, ``indexes`` the
    shapes of rows that are found through an index.
    """

    objects: dict[str, Any] = field(factory=dict)
    recipes: dict[str, Recipe] = field(factory=dict)
    indexes: dict[str, Shape] = field(factory=dict)
    _known: dict[tuple[Any, ...], str] = field(factory=dict)
    _counts: dict[str, int] = field(factory=dict)
    _lists: Mapping[str, frozenset[str]] = field(factory=dict)
    _functions: Mapping[str, Function] = field(factory=dict)
    _working_days: WorkingDays | None = None

    def constant(self, value: Any) -> str:
        """A literal of a rule."""
        return self._name("L", (type(value), value), value)

    def collection(self, values: tuple[Any, ...]) -> str:
        """Literals as a set."""
        return self._name("S", (frozenset, values), frozenset(values))

    def ranks(self, order: tuple[str, ...]) -> str:
        """The positions of an ordered choice's members."""
        return self._name("K", (dict, order), {key: rank for rank, key in enumerate(order)})

    def reference(self, name: str) -> str:
        """A reference list."""
        return self._name("E", ("list", name), self._lists[name])

    def function(self, name: str) -> str:
        """A function of a plug-in."""
        return self._name("U", ("function", name), self._functions[name].value)

    def working_days(self) -> str:
        """The calendar of working days."""
        return self._name("Q", ("working days",), self._working_days)

    def fixed(self, fixed: Fixed) -> str:
        """A value computed once per as-of date."""
        name = self._known.setdefault(("fixed", fixed.recipe), f"F{len(self.recipes)}")
        self.recipes[name] = fixed.recipe
        return name

    def index(self, key: tuple[int, ...], make: Callable[[], Shape]) -> tuple[str, Shape]:
        """An index over branches, and the shape it is made from."""
        name = self._known.setdefault(("index", *key), f"X{len(self.indexes)}")
        if name not in self.indexes:
            self.indexes[name] = make()
            for each in fixed_in(self.indexes[name]):
                self.fixed(each)
        return name, self.indexes[name]

    def thing(self, prefix: str, key: tuple[Any, ...], value: Any) -> str:
        """Anything else that generated code is handed."""
        return self._name(prefix, (prefix, *key), value)

    def things(self, prefix: str) -> dict[str, str]:
        """The keys of all things that generated code is handed under a prefix, by the name each has there."""
        return {name: key[1] for key, name in self._known.items() if key[0] == prefix}

    def _name(self, prefix: str, key: tuple[Any, ...], value: Any) -> str:
        known = self._known.get(key)
        if known is None:
            number = self._counts[prefix] = self._counts.get(prefix, -1) + 1
            known = self._known[key] = f"{prefix}{number}"
            self.objects[known] = value
        return known


@frozen
class Lines:
    """Source text under construction."""

    _lines: list[str] = field(factory=list)
    _depth: list[int] = field(factory=lambda: [0])

    def add(self, text: str, comment: str = "") -> None:
        """A line at the current depth."""
        remark = f"# {one_line(comment)}" if comment else ""
        line = f"{text}  {remark}" if text and remark else text or remark
        self._lines.append("    " * self._depth[0] + line if line else "")

    def indent(self, by: int = 1) -> None:
        self._depth[0] += by

    def text(self) -> str:
        return "\n".join(self._lines) + "\n"


def one_line(text: str) -> str:
    """A text that is safe in a comment: nothing in it ends the line, and it isn't long."""
    shown = text[:100]
    if not shown.isprintable():
        shown = "".join(each if each.isprintable() else " " for each in shown)
    return shown.strip()


def joined(texts: Iterable[str]) -> str:
    """The items of a tuple in source."""
    items = list(texts)
    return f"({', '.join(items)}{',' if len(items) == 1 else ''})"
